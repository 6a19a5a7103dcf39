-- Regular hours are within what heads and temporary heads can work, and a feasible plan has the hours it takes.
-- severity: stop
-- owner: team:planning
-- hint: The plan works hours that nobody has: look at heads and hours of the rows shown; rerun from plan, and report it if it stays.
with
workforce_plan as (select * from plan.workforce_plan),
workforce as (select * from core.workforce),
hours as (
    select
        workforce_plan.scenario_id,
        workforce_plan.strategy,
        workforce_plan.resource_id,
        workforce_plan.period_start,
        workforce_plan.planned_heads,
        workforce_plan.is_feasible,
        workforce_plan.required_hours,
        workforce_plan.regular_hours,
        workforce_plan.overtime_hours,
        -- hours a head are net of absence and of the working days that have passed
        (workforce_plan.planned_heads + workforce.temporary_headcount) * workforce.regular_hours_per_head as hours_of_heads
    from workforce_plan
    inner join workforce using (resource_id, period_start)
)
select *
from hours
where
    not regular_hours - hours_of_heads <= 1e-6 * greatest(1, regular_hours, hours_of_heads)
    or (
        is_feasible
        and not required_hours - regular_hours - overtime_hours <= 1e-6 * greatest(1, required_hours, regular_hours, overtime_hours)
    )
order by scenario_id, strategy, resource_id, period_start
