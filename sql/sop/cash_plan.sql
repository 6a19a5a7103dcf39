-- One row per planned period of the horizon: operating cash before tax and investment, from the as-of date on.
with
balance as (select * from sop.supply_demand_balance where scenario_id = 'base' and plan_version = 'working'),
periods as (select * from core.periods where period_kind <> 'look_ahead'),
items as (select * from core.items),
item_mix as (select * from core.item_mix),
item_costs as (select * from core.item_costs),
family_money as (select * from plan.family_money where scenario_id = 'base'),
planning_costs as (select * from core.planning_costs),
workforce_plan as (select * from plan.workforce_plan where scenario_id = 'base' and strategy = 'planned'),
company_costs as (
    select
        period_start,
        max(cost_value) filter (where cost_type = 'days_sales_outstanding' and scope = 'company') as sales_days,
        max(cost_value) filter (where cost_type = 'days_payables_outstanding' and scope = 'company') as payables_days,
        max(cost_value) filter (where cost_type = 'opening_cash' and scope = 'company') as opening_cash,
        max(cost_value) filter (where cost_type = 'minimum_cash' and scope = 'company') as minimum_cash,
        sum(cost_value::decimal(38, 6)) filter (where cost_type = 'fixed_cost_per_period') as fixed_cost
    from planning_costs
    group by period_start
),
subcontract_costs as (
    select
        scope_id as family_id,
        period_start,
        cost_value as subcontract_cost
    from planning_costs
    where scope = 'family' and cost_type = 'subcontract_cost_per_unit'
),
first_planned as (select * from periods where periods_from_now = 0),
-- what the material of a planning unit costs, by the mix of the family
material as (
    select
        item_mix.family_id,
        item_costs.period_start,
        case
            when bool_and(item_costs.material_cost_amount is not null)
                then sum(item_mix.mix_ratio * item_costs.material_cost_amount / items.planning_units_per_unit)
        end as material_cost
    from item_mix
    inner join items using (item_id)
    inner join item_costs using (item_id)
    where item_mix.mix_ratio > 0
    group by item_mix.family_id, item_costs.period_start
),
spent as (
    select
        balance.period_start,
        balance.revenue_amount,
        coalesce(balance.shipped_quantity, 0) <> 0 and balance.revenue_amount is null as is_revenue_missing,
        balance.inventory_value_amount,
        -- what planned families give to others is in the material of those already
        case when coalesce(balance.production_quantity, 0) = 0 then 0 else balance.production_quantity * material.material_cost end
        + case when coalesce(balance.purchase_quantity, 0) = 0 then 0 else balance.purchase_quantity * family_money.unit_cost_amount end
        + case
            when coalesce(balance.subcontract_quantity, 0) = 0 then 0
            else balance.subcontract_quantity * coalesce(subcontract_costs.subcontract_cost, family_money.unit_cost_amount)
        end
        - case when coalesce(balance.issued_quantity, 0) = 0 then 0 else balance.issued_quantity * family_money.unit_cost_amount end as spend
    from balance
    left join material using (family_id, period_start)
    left join family_money using (family_id, period_start)
    left join subcontract_costs using (family_id, period_start)
),
flows as (
    select
        periods.period_start,
        periods.period_end,
        periods.period_end + 1 - periods.period_start as days,
        periods.periods_from_now,
        case when not bool_or(spent.is_revenue_missing) then coalesce(sum(spent.revenue_amount::decimal(38, 6)), 0) end::double as revenue,
        case when bool_and(spent.spend is not null) then sum(spent.spend::decimal(38, 6)) end::double as spend,
        sum(spent.inventory_value_amount::decimal(38, 6)) as inventory_value,
        coalesce(company_costs.sales_days, first_costs.sales_days) as sales_days,
        coalesce(company_costs.payables_days, first_costs.payables_days) as payables_days
    from periods
    inner join spent on periods.period_start = spent.period_start
    cross join first_planned
    left join company_costs on periods.period_start = company_costs.period_start
    left join company_costs as first_costs on first_planned.period_start = first_costs.period_start
    group by all
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
        flows.spend,
        greatest(least((windows.closes - flows.period_start - flows.sales_days) / flows.days, 1), 0) as received_at_close,
        greatest(least((windows.opens - flows.period_start - flows.sales_days) / flows.days, 1), 0) as received_at_opening,
        greatest(least((windows.closes - flows.period_start - flows.payables_days) / flows.days, 1), 0) as paid_at_close,
        greatest(least((windows.opens - flows.period_start - flows.payables_days) / flows.days, 1), 0) as paid_at_opening
    from windows
    inner join flows on windows.period_start >= flows.period_start
),
-- before the first known period nobody knows what falls due
known as (
    select
        windows.period_start,
        coalesce(windows.opens - first_flow.period_start >= first_planned_costs.sales_days, false) as are_receipts_known,
        coalesce(windows.opens - first_flow.period_start >= first_planned_costs.payables_days, false) as are_payments_known
    from windows
    cross join (select min(period_start) as period_start from flows) as first_flow
    cross join (select any_value(sales_days) as sales_days, any_value(payables_days) as payables_days from flows where periods_from_now = 0)
        as first_planned_costs
),
moved as (
    select
        due.period_start,
        case
            when known.are_receipts_known and bool_and(due.revenue is not null or due.received_at_close = due.received_at_opening)
                then sum((due.revenue * (due.received_at_close - due.received_at_opening))::decimal(38, 6))
        end::decimal(18, 2) as receipts,
        case
            when known.are_payments_known and bool_and(due.spend is not null or due.paid_at_close = due.paid_at_opening)
                then sum((due.spend * (due.paid_at_close - due.paid_at_opening))::decimal(38, 6))
        end::decimal(18, 2) as payments,
        case
            when known.are_receipts_known and bool_and(due.revenue is not null or due.received_at_close = 1)
                then sum((due.revenue * (1 - due.received_at_close))::decimal(38, 6))
        end::decimal(18, 2) as receivables,
        case
            when known.are_payments_known and bool_and(due.spend is not null or due.paid_at_close = 1)
                then sum((due.spend * (1 - due.paid_at_close))::decimal(38, 6))
        end::decimal(18, 2) as payables
    from due
    inner join known using (period_start)
    group by due.period_start, known.are_receipts_known, known.are_payments_known
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
        moved.payments,
        payroll.payroll,
        (company_costs.fixed_cost * windows.remaining_ratio)::decimal(18, 2) as other,
        moved.receipts - moved.payments - payroll.payroll - (company_costs.fixed_cost * windows.remaining_ratio)::decimal(18, 2) as net,
        company_costs.minimum_cash,
        moved.receivables,
        moved.payables,
        flows.inventory_value::decimal(18, 2) as inventory_value,
        first_costs.opening_cash::decimal(18, 2) as opening_cash,
        nullif(concat_ws(
            '; ',
            case when first_costs.opening_cash is null then 'no opening cash' end,
            case when flows.sales_days is null then 'no days sales outstanding' end,
            case when flows.payables_days is null then 'no days payables outstanding' end,
            case when payroll.payroll is null then 'no wages' end,
            case when company_costs.fixed_cost is null then 'no fixed cost' end,
            case when moved.receipts is null and flows.sales_days is not null then 'sales that fall due are not known' end,
            case when moved.payments is null and flows.payables_days is not null then 'spending that falls due is not known' end
        ), '') as note
    from windows
    inner join flows on windows.period_start = flows.period_start
    cross join first_planned
    left join moved on windows.period_start = moved.period_start
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
