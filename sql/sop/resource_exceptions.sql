-- One row per kind of exception of resources and of the company as a whole, what it is about and period.
with
balance as (select * from sop.current_balance),
resource_plan as (select * from sop.resource_plan where plan_version = 'working' and scenario_id = 'base'),
dim_period as (select * from sop.dim_period),
dim_family as (select * from sop.dim_family),
dim_resource as (select * from sop.dim_resource),
control_totals as (select * from sop.control_totals),
cash_plan as (select * from sop.cash_plan where plan_version = 'working' and scenario_id = 'base'),
workforce_plan as (select * from plan.workforce_plan where scenario_id = 'base' and strategy = 'planned'),
workforce as (select * from core.workforce),
resources as (select * from core.resources),
planning_costs as (select * from core.planning_costs where scope in ('company', 'resource')),
overloads as (
    select
        resource_plan.*,
        coalesce(resources.is_stock_based, false) as is_stock_based,
        coalesce(resources.is_storable, false) as is_storable,
        required_capacity - regular_capacity - overtime_capacity as missing,
        missing / required_capacity as missing_ratio
    from resource_plan
    left join resources using (resource_id)
    where resource_plan.is_critical and load_status = 'overloaded' and required_capacity > regular_capacity + overtime_capacity
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
        'overloaded' as kind,
        null::varchar as family_id,
        overloads.resource_id,
        null::varchar as subject_id,
        overloads.period_start,
        1 as periods,
        overloads.missing,
        false as is_negligible,
        concat(
            overloads.resource_name,
            case
                when overloads.is_stock_based and overloads.capacity_unit = overloads.currency then ': stock ties up more than the limit by up to {} '
                when overloads.is_stock_based then ': stock takes more room than there is by up to {} '
                when overloads.is_storable then ': the plan takes more than has come by then by up to {} '
                else ': load above regular and overtime capacity by up to {} '
            end,
            overloads.capacity_unit,
            ', used by ' || replace(first(overloads.families) over (partition by overloads.resource_id order by overloads.period_start), ',', ', ')
        ) as wording,
        case when overloads.is_stock_based and overloads.capacity_unit = overloads.currency then overloads.missing end::double as standing,
        -- stock that has no room is stock all the same: no revenue hangs on it
        case when not overloads.is_stock_based then overloads.missing_ratio * overload_revenue.revenue end as flowing,
        'team:production' as owner
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
-- limits of heads that hires, layoffs and leavers cannot reach
unreached as (
    select
        bounds.*,
        unnest([
            {
                'subject': 'below the least',
                'told': ': up to {} heads below the least asked for, out of reach of hires',
                'heads': workforce.minimum_headcount - bounds.planned_heads
            },
            {
                'subject': 'above the most',
                'told': ': up to {} heads above the most allowed, out of reach of layoffs',
                'heads': bounds.planned_heads - workforce.maximum_headcount
            },
            {
                'subject': 'leavers',
                'told': ': up to {} more heads are expected to leave than there are',
                'heads': workforce.expected_leavers - bounds.leavers
            }
        ], recursive := true)
    from bounds
    inner join workforce using (resource_id, period_start)
),
heads_out_of_reach as (
    select
        'heads_bound',
        null,
        unreached.resource_id,
        unreached.subject,
        unreached.period_start,
        1,
        unreached.heads,
        false,
        concat(dim_resource.resource_name, unreached.told),
        null,
        -- heads that are not there cost nothing; heads too many are paid
        case
            when unreached.subject = 'above the most' and unreached.planned_heads + unreached.temporary_heads > 0
                then
                    unreached.heads / (unreached.planned_heads + unreached.temporary_heads) * (unreached.regular_hours + unreached.idle_hours)
                    * coalesce(wages.own_regular_wage, wages.regular_wage)
        end,
        'team:production'
    from unreached
    inner join dim_resource using (resource_id)
    left join wages using (resource_id, period_start)
    where unreached.heads > 1e-5 * greatest(1, unreached.planned_heads)
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
        (minimum_cash_amount - closing_cash_amount)::double,
        false,
        concat('Company: cash below its minimum by up to {} ', currency),
        minimum_cash_amount - closing_cash_amount,
        null,
        'team:finance'
    from cash_plan
    where closing_cash_amount < minimum_cash_amount
),
together as (
    select * from overloaded
    union all
    select * from heads
    union all
    select * from heads_out_of_reach
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
