-- The changes of the published steps of the demand plan sum to the quantity after each step, and so to the consensus.
-- severity: stop
-- owner: team:planning
-- hint: A step changed demand without saying so: rerun from plan, and report it if it stays.
with
demand_plan as (select * from sop.demand_plan),
running as (
    select
        cycle_id,
        scenario_id,
        plan_version,
        family_id,
        period_start,
        step_order,
        step,
        quantity,
        change_quantity,
        sum(change_quantity) over (
            partition by cycle_id, scenario_id, plan_version, family_id, period_start
            order by step_order
        ) as changes_so_far_quantity
    from demand_plan
)
select
    *,
    changes_so_far_quantity - coalesce(quantity, 0) as difference_quantity
from running
where not abs(changes_so_far_quantity - coalesce(quantity, 0)) <= 1e-6 * greatest(1, abs(coalesce(quantity, 0)), abs(change_quantity))
order by cycle_id, scenario_id, plan_version, family_id, period_start, step_order
