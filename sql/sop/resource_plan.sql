-- One row per cycle, scenario, plan version, resource and planned period.
with
periods as (select * from core.periods),
resources as (select * from core.resources),
resource_capacity as (select * from core.resource_capacity),
resource_load as (select * from plan.resource_load where strategy = 'planned'),
mix_load as (select * from plan.mix_load),
workforce_plan as (select * from plan.workforce_plan where strategy = 'planned')
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    resource_load.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    resource_load.resource_id::varchar as resource_id,
    resources.resource_name::varchar as resource_name,
    resources.resource_type::varchar as resource_type,
    resources.capacity_unit::varchar as capacity_unit,
    resource_load.period_start::date as period_start,
    resources.is_critical::boolean as is_critical,
    resource_load.required_capacity::double as required_capacity,
    resource_load.regular_capacity::double as regular_capacity,
    resource_load.overtime_capacity::double as overtime_capacity,
    resource_capacity.demonstrated_capacity::double as demonstrated_capacity,
    resource_load.load_ratio::double as load_ratio,
    resource_load.load_status::varchar as load_status,
    mix_load.required_capacity::double as mix_required_capacity,
    (mix_load.required_capacity / nullif(resource_load.regular_capacity, 0))::double as mix_load_ratio,
    workforce_plan.required_heads::double as required_heads,
    workforce_plan.planned_heads::double as planned_heads,
    resource_load.families::varchar as families
from resource_load
inner join resources on resource_load.resource_id = resources.resource_id
left join resource_capacity
    on resource_load.resource_id = resource_capacity.resource_id and resource_load.period_start = resource_capacity.period_start
left join mix_load
    on
        resource_load.scenario_id = mix_load.scenario_id
        and resource_load.resource_id = mix_load.resource_id
        and resource_load.period_start = mix_load.period_start
left join workforce_plan
    on
        resource_load.scenario_id = workforce_plan.scenario_id
        and resource_load.resource_id = workforce_plan.resource_id
        and resource_load.period_start = workforce_plan.period_start
