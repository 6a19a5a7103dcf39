-- The changes of the steps of the demand plan, from the first on, sum to the quantity after each step, and so to the consensus.
-- severity: stop
-- owner: team:planning
-- hint: A step changed demand without saying so: look at the steps of the cells shown; rerun from plan, and report it if it stays.
with
family_demand as (select * from plan.family_demand),
running as (
    select
        scenario_id,
        family_id,
        period_start,
        step,
        quantity,
        change_quantity,
        sum(change_quantity) over (
            partition by scenario_id, family_id, period_start
            order by list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], step)
        ) as changes_so_far_quantity
    from family_demand
)
select
    *,
    changes_so_far_quantity - coalesce(quantity, 0) as difference_quantity
from running
where not abs(changes_so_far_quantity - coalesce(quantity, 0)) <= 1e-6 * greatest(1, abs(coalesce(quantity, 0)), abs(change_quantity))
order by scenario_id, family_id, period_start, step
