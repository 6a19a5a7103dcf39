-- One row per cycle, scenario, plan version, resource and planned period: the load of the items' lots beside that of the families.
with
periods as (select * from core.periods),
resources as (select * from core.resources),
mix_load as (select * from plan.mix_load),
resource_load as (select * from plan.resource_load where strategy = 'planned'),
compared as (
    select
        resource_load.*,
        mix_load.required_capacity as mix_required_capacity,
        mix_load.required_capacity - resource_load.regular_capacity - resource_load.overtime_capacity
        > 1e-6 * greatest(1, resource_load.regular_capacity) as is_mix_overloaded
    from resource_load
    inner join mix_load
        on
            resource_load.scenario_id = mix_load.scenario_id
            and resource_load.resource_id = mix_load.resource_id
            and resource_load.period_start = mix_load.period_start
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    compared.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    compared.resource_id::varchar as resource_id,
    resources.resource_name::varchar as resource_name,
    resources.capacity_unit::varchar as capacity_unit,
    compared.period_start::date as period_start,
    resources.is_critical::boolean as is_critical,
    compared.regular_capacity::double as regular_capacity,
    compared.overtime_capacity::double as overtime_capacity,
    compared.required_capacity::double as family_required_capacity,
    compared.mix_required_capacity::double as mix_required_capacity,
    compared.load_ratio::double as family_load_ratio,
    (compared.mix_required_capacity / nullif(compared.regular_capacity, 0))::double as mix_load_ratio,
    case
        when compared.is_mix_overloaded and compared.load_status <> 'overloaded' then 'hidden overload'
        when compared.is_mix_overloaded then 'overloaded'
        when compared.mix_required_capacity > compared.regular_capacity then 'overtime'
        else 'fits'
    end::varchar as verdict
from compared
inner join resources on compared.resource_id = resources.resource_id
