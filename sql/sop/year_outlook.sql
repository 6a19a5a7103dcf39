-- One row per fiscal year, level, what stands on it and measure: what happened, what is planned to come, and what it is held against.
with
balance as (select * from sop.current_balance),
dim_period as (select * from sop.dim_period),
periods as (select * from core.periods),
families as (select * from sop.dim_family),
to_date as (select * from core.family_history where periods_from_now = 0),
business_plan as (select * from core.business_plan),
approved_plans as (select * from core.approved_plans),
-- a year counts when all of its periods are published
years as (
    select
        fiscal_year,
        max(periods_from_now) >= 0 as has_plan
    from dim_period
    group by fiscal_year
    having count(*) >= (select max(season_length_periods) from periods)
),
last_approvals as (
    select
        family_id,
        max(approved_on) as approved_on
    from approved_plans
    group by family_id
),
cells as (
    select
        dim_period.fiscal_year,
        balance.family_id,
        families.product_group,
        balance.planning_unit,
        balance.currency,
        balance.period_start,
        cell.measure,
        cell.is_money,
        cell.value,
        case when balance.period_kind = 'history' then cell.value when balance.period_kind = 'current' then coalesce(cell.begun, 0) else 0 end as passed,
        cell.business_plan,
        -- what had closed before the approval is what happened; the rest is as approved
        case when dim_period.period_end < last_approvals.approved_on then cell.value else cell.approved end as approved
    from balance
    inner join dim_period using (period_start)
    inner join families using (family_id)
    left join to_date on balance.family_id = to_date.family_id and balance.period_start = to_date.period_start
    left join business_plan on balance.family_id = business_plan.family_id and balance.period_start = business_plan.period_start
    left join approved_plans on balance.family_id = approved_plans.family_id and balance.period_start = approved_plans.period_start
    left join last_approvals on balance.family_id = last_approvals.family_id
    cross join lateral (
        values
        (
            'revenue_amount', true, balance.revenue_amount::double, to_date.revenue_amount, business_plan.business_plan_revenue_amount,
            approved_plans.approved_revenue_amount
        ),
        (
            'cost_of_sales_amount', true, balance.cost_of_sales_amount::double, to_date.cost_of_sales_amount,
            business_plan.business_plan_revenue_amount - business_plan.business_plan_margin_amount, null
        ),
        (
            'margin_amount', true, balance.margin_amount::double, to_date.revenue_amount - to_date.cost_of_sales_amount,
            business_plan.business_plan_margin_amount, null
        ),
        (
            'demand_quantity', false, balance.demand_quantity, balance.demand_to_date_quantity, business_plan.business_plan_quantity,
            approved_plans.approved_demand_quantity
        ),
        ('shipped_quantity', false, balance.shipped_quantity, balance.shipped_to_date_quantity, business_plan.business_plan_quantity, null),
        (
            'production_quantity', false, balance.production_quantity, balance.production_to_date_quantity, null,
            approved_plans.approved_production_quantity
        )
    ) as cell(measure, is_money, value, begun, business_plan, approved)
),
-- of a family a year is known when all of its periods are
of_families as (
    select
        cells.fiscal_year,
        cells.family_id,
        any_value(cells.product_group) as product_group,
        any_value(case when cells.is_money then cells.currency else cells.planning_unit end) as unit,
        cells.measure,
        cells.is_money,
        case when count(cells.value) = count(*) then sum(cells.passed::decimal(38, 6)) end as actual_to_date,
        case when count(cells.value) = count(*) then sum((cells.value - cells.passed)::decimal(38, 6)) end as plan_to_go,
        case when count(cells.business_plan) = count(*) then sum(cells.business_plan::decimal(38, 6)) end as business_plan,
        case when count(cells.approved) = count(*) then sum(cells.approved::decimal(38, 6)) end as approved_outlook
    from cells
    inner join years using (fiscal_year)
    group by cells.fiscal_year, cells.family_id, cells.measure, cells.is_money
),
with_last_year as (
    select
        of_families.*,
        last_years.actual_to_date + last_years.plan_to_go as last_year
    from of_families
    left join of_families as last_years
        on
            of_families.fiscal_year - 1 = last_years.fiscal_year
            and of_families.family_id = last_years.family_id
            and of_families.measure = last_years.measure
    inner join years on of_families.fiscal_year = years.fiscal_year
    where years.has_plan
),
levels as (
    select
        *,
        unnest(['family', 'group', 'company']) as level,
        unnest([family_id, product_group, '*']) as level_id
    from with_last_year
),
totals as (
    select
        fiscal_year,
        level,
        level_id,
        measure,
        any_value(unit) as unit,
        sum(actual_to_date) as actual_to_date,
        sum(plan_to_go) as plan_to_go,
        sum(actual_to_date + plan_to_go) as outlook,
        sum(business_plan) as business_plan,
        sum(last_year) as last_year,
        sum(approved_outlook) as approved_outlook,
        count(*) as families,
        count(*) - count(actual_to_date + plan_to_go) as without_outlook,
        count(*) - count(business_plan) as without_business_plan,
        count(*) - count(last_year) as without_last_year,
        count(*) - count(approved_outlook) as without_approved_outlook
    from levels
    where is_money or level = 'family'
    group by fiscal_year, level, level_id, measure
)
select
    (select period_label from dim_period where periods_from_now = 0)::varchar as cycle_id,
    'base'::varchar as scenario_id,
    'working'::varchar as plan_version,
    fiscal_year::bigint as fiscal_year,
    level::varchar as level,
    level_id::varchar as level_id,
    measure::varchar as measure,
    unit::varchar as unit,
    actual_to_date::double as actual_to_date_value,
    plan_to_go::double as plan_to_go_value,
    outlook::double as outlook_value,
    business_plan::double as business_plan_value,
    (outlook - business_plan)::double as gap_value,
    last_year::double as last_year_value,
    (outlook - last_year)::double as change_value,
    case when without_approved_outlook = 0 then approved_outlook end::double as approved_outlook_value,
    case
        when level <> 'family' and without_outlook + without_business_plan % families + without_last_year % families > 0
            then
                concat_ws(
                    ', ',
                    case when without_outlook > 0 then concat('plan without ', without_outlook, ' of ', families, ' families') end,
                    case when without_business_plan % families > 0 then concat('business plan without ', without_business_plan, ' of ', families, ' families') end,
                    case when without_last_year % families > 0 then concat('last year without ', without_last_year, ' of ', families, ' families') end
                )
    end::varchar as not_covered
from totals
