-- Closing cash is opening cash plus receipts less payments, and opens where the period before closed.
-- severity: stop
-- owner: team:planning
-- hint: A figure of the cash plan is counted twice or not at all: rerun from plan, and report it if it stays.
with
cash_plan as (select * from sop.cash_plan),
rolled as (
    select
        *,
        opening_cash_amount + receipts_amount - supplier_payments_amount - payroll_amount - other_payments_amount as expected_closing_amount,
        lag(closing_cash_amount) over (partition by cycle_id, scenario_id, plan_version order by period_start) as last_closing_amount
    from cash_plan
)
select
    scenario_id::varchar as scenario_id,
    period_start::date as period_start,
    opening_cash_amount::decimal(18, 2) as opening_cash_amount,
    last_closing_amount::decimal(18, 2) as last_closing_amount,
    closing_cash_amount::decimal(18, 2) as closing_cash_amount,
    expected_closing_amount::decimal(18, 2) as expected_closing_amount
from rolled
where closing_cash_amount <> expected_closing_amount or opening_cash_amount <> last_closing_amount
