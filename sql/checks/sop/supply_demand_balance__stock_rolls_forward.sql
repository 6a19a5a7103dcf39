-- Opening stock and the flows of a planned period give its closing stock.
-- severity: stop
-- owner: team:planning
-- hint: The published balance loses or makes stock: look at the flows of the rows shown; rerun from plan, and report it if it stays.
with
balance as (select * from sop.supply_demand_balance where period_kind <> 'history'),
differences as (
    select
        cycle_id,
        scenario_id,
        plan_version,
        family_id,
        period_start,
        opening_inventory_quantity,
        production_quantity,
        subcontract_quantity,
        purchase_quantity,
        other_movement_quantity,
        issued_quantity,
        shipped_quantity,
        unexplained_quantity,
        closing_inventory_quantity,
        opening_inventory_quantity + production_quantity + subcontract_quantity + purchase_quantity + other_movement_quantity
        - issued_quantity - shipped_quantity + coalesce(unexplained_quantity, 0) - closing_inventory_quantity as difference_quantity,
        greatest(
            1, abs(opening_inventory_quantity), abs(production_quantity), abs(subcontract_quantity), abs(purchase_quantity),
            abs(other_movement_quantity), abs(issued_quantity), abs(shipped_quantity), abs(unexplained_quantity),
            abs(closing_inventory_quantity)
        ) as largest_term
    from balance
)
select * exclude (largest_term)
from differences
where difference_quantity is null or not abs(difference_quantity) <= 1e-6 * largest_term
order by cycle_id, scenario_id, plan_version, family_id, period_start
