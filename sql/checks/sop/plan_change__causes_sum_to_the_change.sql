-- One row per comparison, measure, family and period whose causes do not sum to the change of the plan.
-- severity: stop
-- owner: team:planning
-- hint: A cause of the change is missing or counted twice; report it with the rows below.
select
    compared_with::varchar as compared_with,
    measure::varchar as measure,
    family_id::varchar as family_id,
    period_start::date as period_start,
    any_value(new_value - old_value)::double as change_value,
    sum(change_value::decimal(38, 6))::double as sum_of_causes
from sop.plan_change
group by compared_with, measure, family_id, period_start
having
    abs(any_value(new_value - old_value) - sum(change_value::decimal(38, 6))::double)
    -- each cause is rounded to six digits, and causes too small to tell are left out
    > 1e-5 + 1e-6 * greatest(any_value(abs(new_value)), any_value(abs(old_value)))
order by compared_with, measure, family_id, period_start
