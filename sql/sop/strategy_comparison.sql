-- One row per cycle, scenario, plan version, strategy, family (* = the company) and measure.
with
periods as (select * from core.periods),
families as (select * from core.families),
planned_measures as (select * from plan.strategy_comparison),
strategy_cash as (select * from sop.strategy_cash),
lowest_cash as (
    select
        scenario_id,
        '*' as family_id,
        strategy,
        'lowest_cash_amount' as measure,
        min(closing_cash_amount)::double as value,
        'money' as unit
    from strategy_cash
    group by scenario_id, strategy
    having count(*) = count(closing_cash_amount)
),
strategy_comparison as (
    select * from planned_measures
    union all by name
    select * from lowest_cash
),
company_units as (
    select
        '*' as family_id,
        min(planning_unit) as planning_unit
    from families
    having count(distinct planning_unit) = 1
),
units as (
    select
        family_id,
        planning_unit
    from families
    union all
    select
        family_id,
        planning_unit
    from company_units
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    strategy_comparison.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    strategy_comparison.family_id::varchar as family_id,
    strategy_comparison.strategy::varchar as strategy,
    strategy_comparison.measure::varchar as measure,
    strategy_comparison.value::double as value,
    case strategy_comparison.unit
        when 'money' then $reporting_currency
        when 'planning units' then units.planning_unit
        else strategy_comparison.unit
    end::varchar as unit
from strategy_comparison
left join units using (family_id)
