-- Items, in planning units, sum to their family after every published step, and their changes sum to their quantity.
-- severity: stop
-- owner: team:planning
-- hint: Items and family tell two demand plans: look at the items of the cells shown; rerun from plan, and report it if it stays.
with
item_demand_plan as (select * from sop.item_demand_plan),
demand_plan as (select * from sop.demand_plan),
items as (select * from core.items),
walked as (
    select
        *,
        sum(change_quantity) over (
            partition by cycle_id, scenario_id, plan_version, item_id, period_start
            order by step_order
        ) as changes_so_far_quantity
    from item_demand_plan
),
of_items as (
    select
        walked.cycle_id,
        walked.scenario_id,
        walked.plan_version,
        walked.family_id,
        walked.period_start,
        walked.step,
        sum((walked.quantity * items.planning_units_per_unit)::decimal(38, 9))::double as items_quantity,
        max(abs(walked.quantity - walked.changes_so_far_quantity) / greatest(1, walked.quantity)) as largest_unsaid_ratio
    from walked
    inner join items on walked.item_id = items.item_id
    group by walked.cycle_id, walked.scenario_id, walked.plan_version, walked.family_id, walked.period_start, walked.step
)
select
    demand_plan.cycle_id,
    demand_plan.scenario_id,
    demand_plan.plan_version,
    demand_plan.family_id,
    demand_plan.period_start,
    demand_plan.step,
    demand_plan.quantity as family_quantity,
    of_items.items_quantity,
    of_items.items_quantity - demand_plan.quantity as difference_quantity,
    of_items.largest_unsaid_ratio
from demand_plan
inner join of_items
    on
        demand_plan.cycle_id = of_items.cycle_id
        and demand_plan.scenario_id = of_items.scenario_id
        and demand_plan.plan_version = of_items.plan_version
        and demand_plan.family_id = of_items.family_id
        and demand_plan.period_start = of_items.period_start
        and demand_plan.step = of_items.step
where
    not abs(of_items.items_quantity - coalesce(demand_plan.quantity, 0)) <= 1e-6 * greatest(
        1, abs(of_items.items_quantity), abs(coalesce(demand_plan.quantity, 0))
    )
    or of_items.largest_unsaid_ratio > 1e-5
order by
    demand_plan.cycle_id,
    demand_plan.scenario_id,
    demand_plan.plan_version,
    demand_plan.family_id,
    demand_plan.period_start,
    demand_plan.step_order
