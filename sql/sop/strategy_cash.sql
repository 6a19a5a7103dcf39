-- One row per scenario, strategy and planned period of the horizon: operating cash before tax and investment, from the as-of date on.
with
history as (select * from sop.supply_demand_balance where scenario_id = 'base' and plan_version = 'working' and period_kind = 'history'),
family_balance as (select * from plan.family_balance),
family_money as (select * from plan.family_money),
to_date as (select * from core.family_history where periods_from_now = 0),
periods as (select * from core.periods where period_kind <> 'look_ahead'),
strategy_spend as (select * from sop.strategy_spend),
planning_costs as (select * from core.planning_costs),
workforce_plan as (select * from plan.workforce_plan),
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
strategies as (
    select distinct
        scenario_id,
        strategy
    from family_balance
    union
    select
        'base',
        'planned'
),
-- what is shipped at no known price is of unknown value; nothing is worth nothing at any price
valued as (
    select
        family_balance.scenario_id,
        family_balance.strategy,
        family_balance.family_id,
        family_balance.period_start,
        family_balance.shipped_quantity,
        round(family_balance.shipped_quantity - coalesce(to_date.shipped_quantity, 0), 6) as to_ship_quantity,
        case when to_ship_quantity = 0 then 0 else to_ship_quantity * family_money.net_price_amount end
        + case when family_balance.period_start = first_planned.period_start then to_date.revenue_amount else 0 end as revenue,
        case
            when family_balance.closing_inventory_quantity = 0 then 0
            else family_balance.closing_inventory_quantity * family_money.unit_cost_amount
        end as inventory_value
    from family_balance
    cross join first_planned
    left join to_date on family_balance.family_id = to_date.family_id and family_balance.period_start = to_date.period_start
    left join family_money
        on
            family_balance.scenario_id = family_money.scenario_id
            and family_balance.family_id = family_money.family_id
            and family_balance.period_start = family_money.period_start
),
sold as (
    select
        strategies.scenario_id,
        strategies.strategy,
        history.period_start,
        history.shipped_quantity,
        history.revenue_amount,
        history.inventory_value_amount
    from history
    cross join strategies
    union all
    select
        scenario_id,
        strategy,
        period_start,
        shipped_quantity,
        revenue::decimal(18, 2),
        inventory_value::decimal(18, 2)
    from valued
),
flows as (
    select
        sold.scenario_id,
        sold.strategy,
        periods.period_start,
        periods.period_end + 1 - periods.period_start as days,
        periods.periods_from_now,
        case
            when not bool_or(coalesce(sold.shipped_quantity, 0) <> 0 and sold.revenue_amount is null)
                then coalesce(sum(sold.revenue_amount::decimal(38, 6)), 0)
        end::double as revenue,
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
        strategy_spend.scenario_id,
        strategy_spend.strategy,
        periods.period_start,
        periods.period_end + 1 - periods.period_start as days,
        strategy_spend.payment_days,
        strategy_spend.spend_amount::double as spend
    from strategy_spend
    inner join periods using (period_start)
),
-- whom nobody says how long to let wait, nobody knows when to pay
terms as (
    select
        strategies.scenario_id,
        strategies.strategy,
        min(spends.period_start) as period_start,
        case when count(spends.payment_days) = count(spends.period_start) then max(spends.payment_days) end as longest_days
    from strategies
    left join spends using (scenario_id, strategy)
    group by strategies.scenario_id, strategies.strategy
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
        flows.scenario_id,
        flows.strategy,
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
        spends.scenario_id,
        spends.strategy,
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
        first_flow.scenario_id,
        first_flow.strategy,
        windows.period_start,
        coalesce(windows.opens - first_flow.period_start >= first_flow.sales_days, false) as are_receipts_known,
        coalesce(windows.opens - terms.period_start >= terms.longest_days, false) as are_payments_known
    from windows
    cross join (
        select
            scenario_id,
            strategy,
            min(period_start) as period_start,
            any_value(sales_days) filter (where periods_from_now = 0) as sales_days
        from flows
        group by scenario_id, strategy
    ) as first_flow
    inner join terms using (scenario_id, strategy)
),
moved as (
    select
        due.scenario_id,
        due.strategy,
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
    inner join known using (scenario_id, strategy, period_start)
    group by due.scenario_id, due.strategy, due.period_start, known.are_receipts_known
),
paid as (
    select
        owed.scenario_id,
        owed.strategy,
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
    inner join known using (scenario_id, strategy, period_start)
    group by owed.scenario_id, owed.strategy, owed.period_start, known.are_payments_known
),
payroll as (
    select
        scenario_id,
        strategy,
        period_start,
        case
            when bool_and(regular_cost_amount is not null)
                then sum(
                    (regular_cost_amount + coalesce(overtime_cost_amount, 0) + coalesce(hiring_cost_amount, 0) + coalesce(layoff_cost_amount, 0))
                    ::decimal(38, 6)
                )
        end::decimal(18, 2) as payroll
    from workforce_plan
    group by scenario_id, strategy, period_start
),
together as (
    select
        flows.scenario_id,
        flows.strategy,
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
    inner join terms on flows.scenario_id = terms.scenario_id and flows.strategy = terms.strategy
    left join moved
        on flows.scenario_id = moved.scenario_id and flows.strategy = moved.strategy and flows.period_start = moved.period_start
    left join paid
        on flows.scenario_id = paid.scenario_id and flows.strategy = paid.strategy and flows.period_start = paid.period_start
    left join payroll
        on flows.scenario_id = payroll.scenario_id and flows.strategy = payroll.strategy and flows.period_start = payroll.period_start
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
    window up_to_now as (partition by scenario_id, strategy order by period_start rows between unbounded preceding and current row)
)
select
    scenario_id::varchar as scenario_id,
    strategy::varchar as strategy,
    period_start::date as period_start,
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
order by scenario_id, strategy, period_start
