-- One row per cycle, scenario, plan version, labour resource with workforce and planned period.
with
periods as (select * from core.periods),
resources as (select * from core.resources),
workforce_plan as (select * from plan.workforce_plan where strategy = 'planned'),
hours as (
    select
        *,
        regular_hours + idle_hours + overtime_hours as worked_hours
    from workforce_plan
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    hours.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    hours.resource_id::varchar as resource_id,
    resources.resource_name::varchar as resource_name,
    hours.period_start::date as period_start,
    hours.required_heads::double as required_heads,
    hours.opening_heads::double as opening_heads,
    hours.planned_heads::double as planned_heads,
    hours.temporary_heads::double as temporary_heads,
    hours.hires::double as hires,
    hours.layoffs::double as layoffs,
    hours.leavers::double as leavers,
    hours.regular_hours::double as regular_hours,
    hours.overtime_hours::double as overtime_hours,
    hours.idle_hours::double as idle_hours,
    hours.required_hours::double as earned_hours,
    hours.worked_hours::double as worked_hours,
    (hours.required_hours / nullif(hours.worked_hours, 0))::double as productivity_ratio,
    ((hours.hires + hours.layoffs) / nullif(hours.opening_heads, 0))::double as workforce_change_ratio,
    hours.is_feasible::boolean as is_feasible,
    $reporting_currency::varchar as currency,
    hours.regular_cost_amount::decimal(18, 2) as regular_cost_amount,
    hours.overtime_cost_amount::decimal(18, 2) as overtime_cost_amount,
    hours.hiring_cost_amount::decimal(18, 2) as hiring_cost_amount,
    hours.layoff_cost_amount::decimal(18, 2) as layoff_cost_amount,
    (
        hours.regular_cost_amount::decimal(18, 2) + hours.overtime_cost_amount::decimal(18, 2)
        + hours.hiring_cost_amount::decimal(18, 2) + hours.layoff_cost_amount::decimal(18, 2)
    )::decimal(18, 2) as cost_amount
from hours
inner join resources using (resource_id)
