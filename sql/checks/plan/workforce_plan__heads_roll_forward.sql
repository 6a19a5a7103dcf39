-- Heads of a period are the heads before, plus hires, less layoffs and leavers; the first planned one starts from the opening heads.
-- severity: stop
-- owner: team:planning
-- hint: The plan loses or makes heads: look at hires, layoffs and leavers of the rows shown; rerun from plan, and report it if it stays.
with
workforce_plan as (select * from plan.workforce_plan),
workforce as (select * from core.workforce),
before as (
    select
        workforce_plan.scenario_id,
        workforce_plan.strategy,
        workforce_plan.resource_id,
        workforce_plan.period_start,
        coalesce(
            lag(workforce_plan.planned_heads) over (
                partition by workforce_plan.scenario_id, workforce_plan.strategy, workforce_plan.resource_id
                order by workforce_plan.period_start
            ),
            workforce.opening_headcount
        ) as heads_before,
        workforce_plan.hires,
        workforce_plan.layoffs,
        workforce_plan.leavers,
        workforce_plan.planned_heads
    from workforce_plan
    left join workforce using (resource_id, period_start)
)
select
    *,
    heads_before + hires - layoffs - leavers - planned_heads as difference_heads
from before
where
    heads_before is null
    or not abs(heads_before + hires - layoffs - leavers - planned_heads) <= 1e-6 * greatest(1, heads_before, hires, layoffs, leavers, planned_heads)
order by scenario_id, strategy, resource_id, period_start
