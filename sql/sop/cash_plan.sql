-- One row per cycle, scenario, plan version and planned period: operating cash before tax and investment, from the as-of date on.
with
periods as (select * from core.periods),
strategy_cash as (select * from sop.strategy_cash where strategy = 'planned')
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    period_start::date as period_start,
    $reporting_currency::varchar as currency,
    opening_cash_amount::decimal(18, 2) as opening_cash_amount,
    receipts_amount::decimal(18, 2) as receipts_amount,
    supplier_payments_amount::decimal(18, 2) as supplier_payments_amount,
    payroll_amount::decimal(18, 2) as payroll_amount,
    other_payments_amount::decimal(18, 2) as other_payments_amount,
    net_cash_flow_amount::decimal(18, 2) as net_cash_flow_amount,
    closing_cash_amount::decimal(18, 2) as closing_cash_amount,
    minimum_cash_amount::decimal(18, 2) as minimum_cash_amount,
    receivables_amount::decimal(18, 2) as receivables_amount,
    payables_amount::decimal(18, 2) as payables_amount,
    inventory_value_amount::decimal(18, 2) as inventory_value_amount,
    working_capital_amount::decimal(18, 2) as working_capital_amount,
    note::varchar as note
from strategy_cash
order by scenario_id, period_start
