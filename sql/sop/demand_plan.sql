-- One row per cycle, scenario, plan version, family, planned period and step of the demand plan.
with
periods as (select * from core.periods),
families as (select * from core.families),
family_demand as (select * from plan.family_demand),
family_forecast as (select * from forecast.family_forecast),
family_money as (select * from plan.family_money)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    family_demand.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    family_demand.family_id::varchar as family_id,
    family_demand.period_start::date as period_start,
    list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], family_demand.step)::bigint as step_order,
    family_demand.step::varchar as step,
    families.planning_unit::varchar as planning_unit,
    family_demand.quantity::double as quantity,
    family_demand.change_quantity::double as change_quantity,
    $reporting_currency::varchar as currency,
    (family_demand.quantity * family_money.net_price_amount)::decimal(18, 2) as value_amount,
    (family_demand.change_quantity * family_money.net_price_amount)::decimal(18, 2) as change_value_amount,
    case
        when family_demand.step = 'statistical' and family_demand.scenario_id = 'base' then family_forecast.statistical_lower_quantity
    end::double as lower_quantity,
    case
        when family_demand.step = 'statistical' and family_demand.scenario_id = 'base' then family_forecast.statistical_upper_quantity
    end::double as upper_quantity,
    family_demand.author::varchar as author,
    family_demand.reason::varchar as reason
from family_demand
inner join families on family_demand.family_id = families.family_id
inner join periods on family_demand.period_start = periods.period_start and periods.period_kind in ('current', 'horizon')
left join family_forecast
    on family_demand.family_id = family_forecast.family_id and family_demand.period_start = family_forecast.period_start
left join family_money
    on
        family_demand.scenario_id = family_money.scenario_id
        and family_demand.family_id = family_money.family_id
        and family_demand.period_start = family_money.period_start
