-- One row per family and period whose items' demand does not sum to the demand of the family.
-- severity: stop
-- owner: team:planning
-- hint: sql/core/item_period_history.sql lost or doubled items; nothing in the extracts can cause this.
with from_items as (
    select
        item_period_history.family_id,
        item_period_history.period_start,
        cast(sum(cast(item_period_history.demand_quantity * items.planning_units_per_unit as decimal(38, 6))) as double) as demand_quantity
    from core.item_period_history
    inner join core.items using (item_id)
    group by item_period_history.family_id, item_period_history.period_start
),

family_history as (
    select * from core.family_history
)

select
    cast(family_history.family_id as varchar) as family_id,
    cast(family_history.period_start as date) as period_start,
    cast(family_history.demand_quantity as double) as demand_quantity,
    cast(coalesce(from_items.demand_quantity, 0) as double) as demand_of_items_quantity
from family_history
left join from_items on family_history.family_id = from_items.family_id and family_history.period_start = from_items.period_start
where
    abs(family_history.demand_quantity - coalesce(from_items.demand_quantity, 0)) > 1e-6 * greatest(1, abs(family_history.demand_quantity))
order by family_history.family_id, family_history.period_start
