-- One row per cycle, scenario, plan version, supplier and period of the last season and the horizon: what is received from it.
with
periods as (select * from core.periods),
strategy_spend as (select * from sop.strategy_spend where strategy = 'planned')
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    supplier_id::varchar as supplier_id,
    supplier_name::varchar as supplier_name,
    period_start::date as period_start,
    period_kind::varchar as period_kind,
    $reporting_currency::varchar as currency,
    spend_amount::decimal(18, 2) as spend_amount,
    payment_days::double as payment_days,
    basis::varchar as basis
from strategy_spend
order by scenario_id, supplier_id, period_start
