-- One row per cycle, scenario and cost or penalty that nobody gave and the planning derived, and family or resource.
with
periods as (select * from core.periods),
families as (select * from core.families),
resources as (select * from core.resources),
derived_costs as (select * from plan.derived_costs)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    derived_costs.scenario_id::varchar as scenario_id,
    derived_costs.cost::varchar as cost,
    derived_costs.scope::varchar as scope,
    derived_costs.scope_id::varchar as scope_id,
    derived_costs.amount::double as amount,
    $reporting_currency::varchar as currency,
    case derived_costs.unit
        when 'planning unit' then families.planning_unit
        when 'capacity unit' then resources.capacity_unit
        else derived_costs.unit
    end::varchar as per_unit,
    derived_costs.is_money::boolean as is_money,
    derived_costs.basis::varchar as basis
from derived_costs
left join families on derived_costs.scope = 'family' and derived_costs.scope_id = families.family_id
left join resources on derived_costs.scope = 'resource' and derived_costs.scope_id = resources.resource_id
