-- One row per family whose backlog as of now is not the sum of its open order lines.
-- severity: stop
-- owner: team:planning
-- hint: sql/core/family_history.sql lost or doubled order lines; nothing in the extracts can cause this.
with order_lines as (
    select
        family_id,
        cast(sum(cast(open_quantity * planning_units_per_unit as decimal(38, 6))) as double) as open_quantity
    from core.order_lines
    group by family_id
),

family_history as (
    select * from core.family_history where periods_from_now = 0
)

select
    cast(family_history.family_id as varchar) as family_id,
    cast(family_history.closing_backlog_quantity as double) as closing_backlog_quantity,
    cast(coalesce(order_lines.open_quantity, 0) as double) as open_quantity
from family_history
left join order_lines using (family_id)
where
    abs(family_history.closing_backlog_quantity - coalesce(order_lines.open_quantity, 0))
    > 1e-6 * greatest(1, abs(family_history.closing_backlog_quantity))
order by family_history.family_id
