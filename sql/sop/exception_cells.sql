-- One row per kind of exception, what it is about and period in which the working plan, or a closed period, shows it.
with
balance as (select * from sop.current_balance),
resource_plan as (select * from sop.resource_plan where plan_version = 'working' and scenario_id = 'base'),
dim_period as (select * from sop.dim_period),
dim_family as (select * from sop.dim_family),
dim_resource as (select * from sop.dim_resource),
extract_status as (select * from sop.extract_status),
control_totals as (select * from sop.control_totals),
cash_plan as (select * from sop.cash_plan where scenario_id = 'base' and plan_version = 'working'),
family_money as (select * from plan.family_money where scenario_id = 'base'),
family_demand as (select * from plan.family_demand where scenario_id = 'base' and step = 'demand_review'),
workforce_plan as (select * from plan.workforce_plan where scenario_id = 'base' and strategy = 'planned'),
workforce as (select * from core.workforce),
planning_costs as (select * from core.planning_costs where scope in ('company', 'resource')),
sales_submissions as (select * from core.sales_submissions),
priced as (
    select
        balance.*,
        dim_family.family_name,
        dim_family.planner,
        dim_period.periods_from_now,
        coalesce(family_money.net_price_amount, balance.revenue_amount::double / nullif(balance.shipped_quantity, 0)) as price,
        coalesce(
            family_money.unit_cost_amount,
            balance.inventory_value_amount::double / nullif(balance.closing_inventory_quantity, 0)
        ) as unit_cost,
        greatest(balance.closing_backlog_quantity - balance.target_backlog_quantity, 0) as backlog_above,
        coalesce(balance.minimum_inventory_quantity, balance.target_inventory_quantity) as least_quantity
    from balance
    inner join dim_period using (period_start)
    inner join dim_family using (family_id)
    left join family_money on balance.family_id = family_money.family_id and balance.period_start = family_money.period_start
),
planned as (select * from priced where period_kind <> 'history'),
short as (
    select
        'short' as kind,
        family_id,
        null::varchar as resource_id,
        null::varchar as subject_id,
        period_start,
        1 as periods,
        case when production_strategy = 'make_to_stock' then closing_shortage_quantity else past_due_quantity end as missing,
        false as is_negligible,
        concat(family_name, ': short by up to {} ', planning_unit) as wording,
        missing * price as standing,
        lost_sales_quantity * price as flowing,
        planner as owner
    from planned
    where balance_status = 'short'
),
below_target as (
    select
        'below_target',
        family_id,
        null,
        case when coalesce(backlog_above, 0) > 0 then 'backlog' end,
        period_start,
        1,
        case when coalesce(backlog_above, 0) > 0 then backlog_above else least_quantity - closing_inventory_quantity end as missing,
        missing <= $negligible_ratio * case when coalesce(backlog_above, 0) > 0 then target_backlog_quantity else least_quantity end,
        concat(
            family_name, case when coalesce(backlog_above, 0) > 0 then ': backlog above target by up to {} ' else ': below the least stock by up to {} ' end,
            planning_unit
        ),
        missing * case when coalesce(backlog_above, 0) > 0 then price else unit_cost end,
        null,
        planner
    from planned
    where balance_status = 'below_target'
),
excess as (
    select
        'excess',
        family_id,
        null,
        null,
        period_start,
        1,
        closing_inventory_quantity - maximum_inventory_quantity as missing,
        missing <= $negligible_ratio * maximum_inventory_quantity,
        concat(family_name, ': above the maximum stock by up to {} ', planning_unit),
        missing * unit_cost,
        null,
        planner
    from planned
    where balance_status = 'excess'
),
lead_time as (
    select
        'lead_time_over_target',
        family_id,
        null,
        null,
        period_start,
        1,
        customer_lead_time_days - target_customer_lead_time_days as missing,
        false,
        concat(family_name, ': a new order waits up to {} working days longer than the ', format('{:.4g}', target_customer_lead_time_days), ' the market accepts'),
        closing_backlog_quantity * missing / customer_lead_time_days * price,
        null,
        planner
    from planned
    where customer_lead_time_days - target_customer_lead_time_days > $lead_time_tolerance_days
),
schedules as (
    select
        family_id,
        any_value(family_name) as family_name,
        any_value(planner) as planner,
        any_value(planning_unit) as planning_unit,
        min(period_start) as period_start,
        count(*) as periods,
        arg_min(unit_cost, period_start) as unit_cost,
        sum(scheduled_quantity::decimal(38, 6))::double as scheduled_quantity,
        sum((production_quantity - coalesce(production_to_date_quantity, 0))::decimal(38, 6))::double as planned_quantity
    from planned
    where scheduled_quantity is not null and periods_from_now < $schedule_periods
    group by family_id
),
schedule as (
    select
        'schedule_off_plan',
        family_id,
        null,
        null,
        period_start,
        periods,
        abs(scheduled_quantity - planned_quantity) as missing,
        false,
        concat(
            family_name, ': open work orders ', case when scheduled_quantity > planned_quantity then 'above' else 'below' end,
            ' the production plan by {} of ', format('{:,.0f}', planned_quantity), ' ', planning_unit
        ),
        missing * unit_cost,
        null,
        planner
    from schedules
    where abs(scheduled_quantity - planned_quantity) > greatest($schedule_off_plan_ratio * planned_quantity, 1e-6)
),
unsubmitted as (
    select
        'sales_plan_missing',
        planned.family_id,
        null,
        null,
        planned.period_start,
        1,
        family_demand.quantity,
        false,
        concat(planned.family_name, ': no sales plan; up to {} ', planned.planning_unit, ' a period rest on the forecast'),
        null,
        family_demand.quantity * planned.price,
        'team:sales'
    from planned
    inner join family_demand on planned.family_id = family_demand.family_id and planned.period_start = family_demand.period_start
    anti join sales_submissions on planned.family_id = sales_submissions.family_id and planned.period_start = sales_submissions.period_start
    where
        planned.periods_from_now < $sales_plan_periods
        and exists(select * from extract_status where extract = 'sales_forecasts' and load_status <> 'not_supplied')
),
unexplained as (
    select
        'unexplained',
        family_id,
        null,
        null,
        period_start,
        1,
        abs(unexplained_quantity),
        false,
        concat(family_name, ': up to {} ', planning_unit, ' of stock that no receipt, issue or shipment explains'),
        null,
        abs(unexplained_quantity) * unit_cost,
        'team:supply_chain'
    from priced
    where
        period_kind = 'history'
        and periods_from_now >= -$unexplained_periods
        and abs(unexplained_quantity)
        > $unexplained_ratio * greatest(abs(opening_inventory_quantity), abs(closing_inventory_quantity), abs(shipped_quantity))
),
overloads as (
    select
        *,
        required_capacity - regular_capacity - overtime_capacity as missing,
        missing / required_capacity as missing_ratio
    from resource_plan
    where is_critical and load_status = 'overloaded' and required_capacity > regular_capacity + overtime_capacity
),
overload_revenue as (
    select
        overloads.resource_id,
        overloads.period_start,
        sum(balance.revenue_amount)::double as revenue
    from overloads
    inner join balance
        on overloads.period_start = balance.period_start and list_contains(string_split(overloads.families, ','), balance.family_id)
    group by overloads.resource_id, overloads.period_start
),
overloaded as (
    select
        'overloaded',
        null,
        overloads.resource_id,
        null,
        overloads.period_start,
        1,
        overloads.missing,
        false,
        concat(
            overloads.resource_name, ': load above regular and overtime capacity by up to {} ', overloads.capacity_unit,
            ', used by ' || replace(first(overloads.families) over (partition by overloads.resource_id order by overloads.period_start), ',', ', ')
        ),
        null,
        overloads.missing_ratio * overload_revenue.revenue,
        'team:production'
    from overloads
    left join overload_revenue using (resource_id, period_start)
),
bounds as (
    select
        workforce_plan.*,
        workforce_plan.required_heads - workforce_plan.planned_heads - workforce_plan.temporary_heads as missing_heads,
        workforce_plan.planned_heads >= workforce.maximum_headcount - 1e-6 or workforce_plan.hires >= workforce.maximum_hires - 1e-6 as is_at_most,
        workforce_plan.planned_heads <= workforce.minimum_headcount + 1e-6
        or workforce_plan.layoffs >= workforce.maximum_layoffs - 1e-6 as is_at_least
    from workforce_plan
    inner join workforce using (resource_id, period_start)
),
wages as (
    select
        bounds.resource_id,
        bounds.period_start,
        max(cost_value) filter (where cost_type = 'regular_wage_per_hour' and scope = 'resource') as own_regular_wage,
        max(cost_value) filter (where cost_type = 'regular_wage_per_hour' and scope = 'company') as regular_wage,
        max(cost_value) filter (where cost_type = 'overtime_wage_per_hour' and scope = 'resource') as own_overtime_wage,
        max(cost_value) filter (where cost_type = 'overtime_wage_per_hour' and scope = 'company') as overtime_wage
    from bounds
    inner join planning_costs
        on bounds.period_start = planning_costs.period_start and (planning_costs.scope = 'company' or planning_costs.scope_id = bounds.resource_id)
    group by bounds.resource_id, bounds.period_start
),
heads as (
    select
        'heads_bound',
        null,
        bounds.resource_id,
        case when bounds.missing_heads > 0 then 'too few' else 'too many' end,
        bounds.period_start,
        1,
        abs(bounds.missing_heads),
        abs(bounds.missing_heads) <= $negligible_ratio * bounds.planned_heads,
        concat(
            dim_resource.resource_name,
            case when bounds.missing_heads > 0 then ': up to {} heads more needed than its limits allow' else ': up to {} heads without work that its limits keep' end
        ),
        null,
        case
            when bounds.missing_heads > 0 then bounds.overtime_hours * coalesce(wages.own_overtime_wage, wages.overtime_wage)
            else bounds.idle_hours * coalesce(wages.own_regular_wage, wages.regular_wage)
        end,
        'team:production'
    from bounds
    inner join dim_resource using (resource_id)
    left join wages using (resource_id, period_start)
    where (bounds.missing_heads > 1e-6 and bounds.is_at_most) or (bounds.missing_heads < -1e-6 and bounds.is_at_least)
),
totals as (
    select
        'control_total',
        nullif(control_totals.family_id, '*'),
        null,
        control_totals.measure,
        control_totals.period_start,
        1,
        abs(control_totals.difference_value),
        false,
        concat(
            coalesce(dim_family.family_name, 'Company'), ': ', replace(control_totals.measure, '_', ' '), ' of the extracts differs by up to {} ',
            control_totals.unit, ' from the control total'
        ),
        null,
        case when control_totals.measure in ('revenue', 'inventory_value') then abs(control_totals.difference_value) end,
        'team:finance'
    from control_totals
    inner join dim_period using (period_start)
    left join dim_family using (family_id)
    where control_totals.verdict = 'differs'
),
cash as (
    select
        'cash_below_minimum',
        null,
        null,
        null,
        period_start,
        1,
        minimum_cash_amount - closing_cash_amount as missing,
        false,
        concat('Cash: below its minimum by up to {} ', currency),
        missing,
        null,
        'team:finance'
    from cash_plan
    where closing_cash_amount < minimum_cash_amount
),
together as (
    select * from short
    union all
    select * from below_target
    union all
    select * from excess
    union all
    select * from lead_time
    union all
    select * from schedule
    union all
    select * from unsubmitted
    union all
    select * from unexplained
    union all
    select * from overloaded
    union all
    select * from heads
    union all
    select * from totals
    union all
    select * from cash
)
select
    kind::varchar as kind,
    family_id::varchar as family_id,
    resource_id::varchar as resource_id,
    subject_id::varchar as subject_id,
    period_start::date as period_start,
    periods::bigint as periods,
    missing::double as missing_value,
    is_negligible::boolean as is_negligible,
    wording::varchar as wording,
    standing::decimal(18, 2) as standing_amount,
    flowing::decimal(18, 2) as flowing_amount,
    owner::varchar as owner
from together
