-- Stock of an item at the start of a period is that of the period before, with what arrived and was planned to, less what was taken.
-- severity: stop
-- owner: team:planning
-- hint: The material plan does not add up for the items shown: rerun from plan, and report it if it stays.
with
material_requirements as (select * from plan.material_requirements),
rolled as (
    select
        *,
        lag(on_hand_quantity + on_order_quantity + planned_order_quantity - gross_requirement_quantity) over (
            partition by scenario_id, item_id order by period_start
        ) as left_quantity
    from material_requirements
)
select
    scenario_id,
    item_id,
    period_start,
    left_quantity,
    on_hand_quantity,
    on_hand_quantity - left_quantity as difference_quantity
from rolled
where
    not abs(on_hand_quantity - left_quantity) <= 5e-6 * greatest(
        1, gross_requirement_quantity, on_order_quantity, planned_order_quantity, abs(on_hand_quantity)
    )
order by scenario_id, item_id, period_start
