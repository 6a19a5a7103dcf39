-- One row per cycle, scenario, plan version, family, source and planned period.
with
periods as (select * from core.periods),
families as (select * from core.families),
family_supply as (select * from plan.family_supply where strategy = 'planned'),
family_balance as (select * from plan.family_balance where strategy = 'planned'),
family_money as (select * from plan.family_money)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    family_supply.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    family_supply.family_id::varchar as family_id,
    family_supply.source_kind::varchar as source_kind,
    family_supply.source_id::varchar as source_id,
    family_supply.period_start::date as period_start,
    families.planning_unit::varchar as planning_unit,
    family_supply.quantity::double as quantity,
    family_supply.rate_per_working_day::double as rate_per_working_day,
    $reporting_currency::varchar as currency,
    (family_supply.quantity * family_money.unit_cost_amount)::decimal(18, 2) as cost_amount,
    family_supply.supply_cost_amount::decimal(18, 2) as supply_cost_amount,
    family_supply.labour_cost_amount::decimal(18, 2) as labour_cost_amount,
    family_supply.overtime_cost_amount::decimal(18, 2) as overtime_cost_amount,
    family_supply.marginal_value_amount::double as marginal_value_amount,
    family_balance.marginal_cost_amount::double as marginal_cost_amount
from family_supply
inner join families using (family_id)
inner join family_balance
    on
        family_supply.scenario_id = family_balance.scenario_id
        and family_supply.family_id = family_balance.family_id
        and family_supply.period_start = family_balance.period_start
left join family_money
    on
        family_supply.scenario_id = family_money.scenario_id
        and family_supply.family_id = family_money.family_id
        and family_supply.period_start = family_money.period_start
