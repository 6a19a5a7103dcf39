-- One row per family and period whose items do not sum to it.
-- severity: stop
-- owner: team:planning
-- hint: sql/core/family_flows.sql lost or doubled items; nothing in the extracts can cause this.
with items as (
    select * from core.items
),

from_items as (
    select
        item_flows.family_id,
        item_flows.period_start,
        sum(cast(item_flows.demand_quantity * items.planning_units_per_unit as decimal(38, 6))) as requested_quantity,
        sum(cast(item_flows.booked_quantity * items.planning_units_per_unit as decimal(38, 6))) as booked_quantity,
        sum(cast(item_flows.shipped_quantity * items.planning_units_per_unit as decimal(38, 6))) as shipped_quantity,
        sum(cast(item_flows.production_quantity * items.planning_units_per_unit as decimal(38, 6))) as production_quantity,
        sum(cast(item_flows.issued_quantity * items.planning_units_per_unit as decimal(38, 6))) as issued_quantity
    from core.item_flows
    inner join items using (item_id)
    where item_flows.family_id is not null
    group by item_flows.family_id, item_flows.period_start
),

family_history as (
    select * from core.family_history
),

compared as (
    select
        family_history.family_id,
        family_history.period_start,
        abs(family_history.requested_quantity - coalesce(from_items.requested_quantity, 0)) as demand_difference,
        abs(family_history.booked_quantity - coalesce(from_items.booked_quantity, 0)) as booked_difference,
        abs(family_history.shipped_quantity - coalesce(from_items.shipped_quantity, 0)) as shipped_difference,
        abs(family_history.production_quantity - coalesce(from_items.production_quantity, 0)) as production_difference,
        abs(family_history.issued_quantity - coalesce(from_items.issued_quantity, 0)) as issued_difference,
        greatest(
            1,
            abs(family_history.requested_quantity),
            abs(family_history.booked_quantity),
            abs(family_history.shipped_quantity),
            abs(family_history.production_quantity),
            abs(family_history.issued_quantity)
        ) as largest_quantity
    from family_history
    left join from_items on family_history.family_id = from_items.family_id and family_history.period_start = from_items.period_start
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(demand_difference as double) as demand_difference,
    cast(booked_difference as double) as booked_difference,
    cast(shipped_difference as double) as shipped_difference,
    cast(production_difference as double) as production_difference,
    cast(issued_difference as double) as issued_difference
from compared
where
    greatest(demand_difference, booked_difference, shipped_difference, production_difference, issued_difference) > 1e-6 * largest_quantity
order by family_id, period_start
