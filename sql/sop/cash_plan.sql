-- One row per planned period of the horizon: operating cash before tax and investment, from the as-of date on.
with
balance as (select * from sop.supply_demand_balance where scenario_id = 'base' and plan_version = 'working'),
periods as (select * from core.periods where period_kind <> 'look_ahead'),
supplier_spend as (select * from sop.supplier_spend),
planning_costs as (select * from core.planning_costs),
workforce_plan as (select * from plan.workforce_plan where scenario_id = 'base' and strategy = 'planned'),
company_costs as (
    select
        period_start,
        max(cost_value) filter (where cost_type = 'days_sales_outstanding' and scope = 'company') as sales_days,
        max(cost_value) filter (where cost_type = 'opening_cash' and scope = 'company') as opening_cash,
        max(cost_value) filter (where cost_type = 'minimum_cash' and scope = 'company') as minimum_cash,
        sum(cost_value::decimal(38, 6)) filter (where cost_type = 'fixed_cost_per_period') as fixed_cost
    from planning_costs
    group by period_start
),
first_planned as (select * from periods where periods_from_now = 0),
sold as (
    select
        period_start,
        revenue_amount,
        coalesce(shipped_quantity, 0) <> 0 and revenue_amount is null as is_revenue_missing,
        inventory_value_amount
    from balance
),
flows as (
    select
        periods.period_start,
        periods.period_end + 1 - periods.period_start as days,
        periods.periods_from_now,
        case when not bool_or(sold.is_revenue_missing) then coalesce(sum(sold.revenue_amount::decimal(38, 6)), 0) end::double as revenue,
        sum(sold.inventory_value_amount::decimal(38, 6)) as inventory_value,
        coalesce(company_costs.sales_days, first_costs.sales_days) as sales_days
    from periods
    inner join sold on periods.period_start = sold.period_start
    cross join first_planned
    left join company_costs on periods.period_start = company_costs.period_start
    left join company_costs as first_costs on first_planned.period_start = first_costs.period_start
    group by all
),
spends as (
    select
        periods.period_start,
        periods.period_end + 1 - periods.period_start as days,
        supplier_spend.payment_days,
        supplier_spend.spend_amount::double as spend
    from supplier_spend
    inner join periods using (period_start)
),
-- whom nobody says how long to let wait, nobody knows when to pay
terms as (
    select
        min(period_start) as period_start,
        case when count(payment_days) = count(*) then max(payment_days) end as longest_days
    from spends
),
windows as (
    select
        period_start,
        greatest(period_start, $as_of_date::date) as opens,
        period_end + 1 as closes,
        remaining_ratio
    from periods
    where periods_from_now >= 0
),
-- a period's sales fall due evenly over as many days, its days outstanding later: its middle, at mid-period + days outstanding
due as (
    select
        windows.period_start,
        flows.revenue,
        greatest(least((windows.closes - flows.period_start - flows.sales_days) / flows.days, 1), 0) as received_at_close,
        greatest(least((windows.opens - flows.period_start - flows.sales_days) / flows.days, 1), 0) as received_at_opening
    from windows
    inner join flows on windows.period_start >= flows.period_start
),
-- likewise what is received from suppliers, each at its own terms
owed as (
    select
        windows.period_start,
        spends.spend,
        greatest(least((windows.closes - spends.period_start - spends.payment_days) / spends.days, 1), 0) as paid_at_close,
        greatest(least((windows.opens - spends.period_start - spends.payment_days) / spends.days, 1), 0) as paid_at_opening
    from windows
    inner join spends on windows.period_start >= spends.period_start
),
-- before the first known period nobody knows what falls due
known as (
    select
        windows.period_start,
        coalesce(windows.opens - first_flow.period_start >= first_flow.sales_days, false) as are_receipts_known,
        coalesce(windows.opens - terms.period_start >= terms.longest_days, false) as are_payments_known
    from windows
    cross join (select min(period_start) as period_start, any_value(sales_days) filter (where periods_from_now = 0) as sales_days from flows)
        as first_flow
    cross join terms
),
moved as (
    select
        due.period_start,
        case
            when known.are_receipts_known and bool_and(due.revenue is not null or due.received_at_close = due.received_at_opening)
                then sum((due.revenue * (due.received_at_close - due.received_at_opening))::decimal(38, 6))
        end::decimal(18, 2) as receipts,
        case
            when known.are_receipts_known and bool_and(due.revenue is not null or due.received_at_close = 1)
                then sum((due.revenue * (1 - due.received_at_close))::decimal(38, 6))
        end::decimal(18, 2) as receivables
    from due
    inner join known using (period_start)
    group by due.period_start, known.are_receipts_known
),
paid as (
    select
        owed.period_start,
        case
            when known.are_payments_known and bool_and(owed.spend is not null or owed.paid_at_close = owed.paid_at_opening)
                then sum((owed.spend * (owed.paid_at_close - owed.paid_at_opening))::decimal(38, 6))
        end::decimal(18, 2) as payments,
        case
            when known.are_payments_known and bool_and(owed.spend is not null or owed.paid_at_close = 1)
                then sum((owed.spend * (1 - owed.paid_at_close))::decimal(38, 6))
        end::decimal(18, 2) as payables
    from owed
    inner join known using (period_start)
    group by owed.period_start, known.are_payments_known
),
payroll as (
    select
        period_start,
        case
            when bool_and(regular_cost_amount is not null)
                then sum(
                    (regular_cost_amount + coalesce(overtime_cost_amount, 0) + coalesce(hiring_cost_amount, 0) + coalesce(layoff_cost_amount, 0))
                    ::decimal(38, 6)
                )
        end::decimal(18, 2) as payroll
    from workforce_plan
    group by period_start
),
together as (
    select
        windows.period_start,
        moved.receipts,
        paid.payments,
        payroll.payroll,
        (company_costs.fixed_cost * windows.remaining_ratio)::decimal(18, 2) as other,
        moved.receipts - paid.payments - payroll.payroll - (company_costs.fixed_cost * windows.remaining_ratio)::decimal(18, 2) as net,
        company_costs.minimum_cash,
        moved.receivables,
        paid.payables,
        flows.inventory_value::decimal(18, 2) as inventory_value,
        first_costs.opening_cash::decimal(18, 2) as opening_cash,
        nullif(concat_ws(
            '; ',
            case when first_costs.opening_cash is null then 'no opening cash' end,
            case when flows.sales_days is null then 'no days sales outstanding' end,
            case when terms.longest_days is null then 'no days payables outstanding' end,
            case when payroll.payroll is null then 'no wages' end,
            case when company_costs.fixed_cost is null then 'no fixed cost' end,
            case when moved.receipts is null and flows.sales_days is not null then 'sales that fall due are not known' end,
            case when paid.payments is null and terms.longest_days is not null then 'spending that falls due is not known' end
        ), '') as note
    from windows
    inner join flows on windows.period_start = flows.period_start
    cross join first_planned
    cross join terms
    left join moved on windows.period_start = moved.period_start
    left join paid on windows.period_start = paid.period_start
    left join payroll on windows.period_start = payroll.period_start
    left join company_costs on windows.period_start = company_costs.period_start
    left join company_costs as first_costs on first_planned.period_start = first_costs.period_start
),
running as (
    select
        *,
        -- one period nobody knows leaves all later ones unknown
        case
            when bool_and(net is not null) over up_to_now then opening_cash + sum(net) over up_to_now
        end as closing_cash
    from together
    window up_to_now as (order by period_start rows between unbounded preceding and current row)
)
select
    (select period_label from first_planned)::varchar as cycle_id,
    'base'::varchar as scenario_id,
    'working'::varchar as plan_version,
    period_start::date as period_start,
    $reporting_currency::varchar as currency,
    (closing_cash - net)::decimal(18, 2) as opening_cash_amount,
    receipts::decimal(18, 2) as receipts_amount,
    payments::decimal(18, 2) as supplier_payments_amount,
    payroll::decimal(18, 2) as payroll_amount,
    other::decimal(18, 2) as other_payments_amount,
    net::decimal(18, 2) as net_cash_flow_amount,
    closing_cash::decimal(18, 2) as closing_cash_amount,
    minimum_cash::decimal(18, 2) as minimum_cash_amount,
    receivables::decimal(18, 2) as receivables_amount,
    payables::decimal(18, 2) as payables_amount,
    inventory_value::decimal(18, 2) as inventory_value_amount,
    (receivables + inventory_value - payables)::decimal(18, 2) as working_capital_amount,
    note::varchar as note
from running
order by period_start
