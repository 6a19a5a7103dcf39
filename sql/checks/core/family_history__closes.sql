-- One row per family and period whose opening stock, flows and unexplained difference do not lead to its closing stock.
-- severity: stop
-- owner: team:planning
-- hint: The roll-forward in sql/core/family_history.sql is broken; nothing in the extracts can cause this.
with family_history as (
    select
        *,
        opening_inventory_quantity + production_quantity + subcontract_quantity + purchase_quantity + other_movement_quantity
        - issued_quantity - shipped_quantity + coalesce(unexplained_quantity, 0) as rolled_quantity,
        greatest(
            1,
            abs(opening_inventory_quantity),
            abs(production_quantity),
            abs(subcontract_quantity),
            abs(purchase_quantity),
            abs(other_movement_quantity),
            abs(issued_quantity),
            abs(shipped_quantity),
            abs(closing_inventory_quantity)
        ) as largest_quantity
    from core.family_history
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(rolled_quantity as double) as rolled_quantity,
    cast(closing_inventory_quantity as double) as closing_inventory_quantity
from family_history
where abs(rolled_quantity - closing_inventory_quantity) > 1e-6 * largest_quantity
order by family_id, period_start
