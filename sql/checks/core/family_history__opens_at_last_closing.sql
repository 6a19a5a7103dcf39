-- One row per family and period whose opening stock or backlog is not the closing one of the period before.
-- severity: stop
-- owner: team:planning
-- hint: The roll-forward in sql/core/family_history.sql is broken; nothing in the extracts can cause this.
with family_history as (
    select
        *,
        lag(closing_inventory_quantity) over (partition by family_id order by period_start) as closing_inventory_before,
        lag(closing_backlog_quantity) over (partition by family_id order by period_start) as closing_backlog_before
    from core.family_history
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(opening_inventory_quantity as double) as opening_inventory_quantity,
    cast(closing_inventory_before as double) as closing_inventory_before,
    cast(opening_backlog_quantity as double) as opening_backlog_quantity,
    cast(closing_backlog_before as double) as closing_backlog_before
from family_history
where
    abs(opening_inventory_quantity - closing_inventory_before)
    > 1e-6 * greatest(1, abs(opening_inventory_quantity), abs(closing_inventory_before))
    or abs(opening_backlog_quantity - closing_backlog_before)
    > 1e-6 * greatest(1, abs(opening_backlog_quantity), abs(closing_backlog_before))
order by family_id, period_start
