-- Opening stock and the flows of a period give its closing stock, in every strategy.
-- severity: stop
-- owner: team:planning
-- hint: The supply plan loses or makes stock: look at the flows of the rows shown; rerun from plan, and report it if it stays.
with
family_balance as (select * from plan.family_balance),
differences as (
    select
        scenario_id,
        strategy,
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
    from family_balance
)
select * exclude (largest_term)
from differences
where difference_quantity is null or not abs(difference_quantity) <= 1e-6 * largest_term
order by scenario_id, strategy, family_id, period_start
