-- One row per plan level, version, family and span of the business plan, in the reporting currency.
with named_levels as (
    select distinct plan_level from staging.business_plan where version = $business_plan_version
),

-- a version that the settings name is one of the annual plan, unless the strategic one has it too
business_plan as (
    select
        * replace (
            nullif(family_id, '*') as family_id,
            nullif(product_group, '*') as product_group,
            nullif(item_id, '*') as item_id
        )
    from staging.business_plan
    where
        case
            when
                cast($business_plan_version as varchar) is null
                or (plan_level = 'strategic' and plan_level not in (select plan_level from named_levels))
                then coalesce(approved_on, cast($as_of_date as date)) <= $as_of_date
            else version = $business_plan_version
        end
),

families as (
    select * from core.families
),

items as (
    select * from core.items
),

periods as (
    select * from core.periods
),

family_flows as (
    select * from core.family_flows
),

budget_rates as (
    select * from core.exchange_rates where rate_type = 'budget'
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

-- where one fiscal period ends and the next may begin
fiscal_ends as (
    select period_end + 1 as fiscal_end from staging.fiscal_calendar where $calendar = 'fiscal'
),

-- twelve months of a plan in fiscal periods are a year of 52 weeks: the end of a span is that of the last period it covers
spanned as (
    select
        * exclude (nominal_end, fiscal_end),
        case when fiscal_end <= nominal_end + 21 then fiscal_end else nominal_end end as span_end
    from (
        select
            *,
            cast(period_start + to_months(period_months) as date) as nominal_end
        from business_plan
    ) as nominal
    asof left join fiscal_ends on nominal.nominal_end - 14 <= fiscal_ends.fiscal_end
),

converted as (
    select
        business_plan.*,
        coalesce(budget_rates.rate, actual_rates.rate) as rate
    from spanned as business_plan
    asof left join budget_rates on business_plan.currency = budget_rates.currency and business_plan.period_start >= budget_rates.valid_from
    asof left join actual_rates on business_plan.currency = actual_rates.currency and business_plan.period_start >= actual_rates.valid_from
),

-- what is planned by item adds up to its family, unless the family has a row of its own
of_families as (
    select
        converted.plan_level,
        converted.version,
        converted.approved_on,
        converted.family_id,
        converted.period_start,
        converted.span_end,
        converted.quantity * case when converted.item_id is null then 1 else items.planning_units_per_unit end as quantity,
        converted.revenue * converted.rate as revenue_amount,
        converted.gross_margin * converted.rate as margin_amount,
        converted.inventory_value * converted.rate as inventory_value_amount,
        false as is_allocated
    from converted
    left join items on converted.item_id = items.item_id
    where converted.family_id is not null
    qualify
        converted.item_id is null
        or not bool_or(converted.item_id is null) over (
            partition by converted.plan_level, converted.version, converted.family_id, converted.period_start
        )
),

-- what is planned by product group is shared out to those of its families that no version of the level plans, by the revenue of the last season
season_revenue as (
    select
        family_flows.family_id,
        greatest(sum(cast(family_flows.revenue_amount as decimal(38, 6))), 0) as revenue_amount
    from family_flows
    inner join periods using (period_start)
    where periods.periods_from_now between -periods.season_length_periods and -1
    group by family_flows.family_id
),

unplanned_families as (
    select
        plan_levels.plan_level,
        families.family_id,
        families.product_group,
        families.planning_unit,
        coalesce(season_revenue.revenue_amount, 0) as revenue_amount
    from families
    cross join (select distinct plan_level from business_plan) as plan_levels
    anti join of_families on plan_levels.plan_level = of_families.plan_level and families.family_id = of_families.family_id
    left join season_revenue on families.family_id = season_revenue.family_id
),

group_shares as (
    select
        *,
        min(planning_unit) over product_group = max(planning_unit) over product_group as has_one_unit,
        coalesce(
            cast(revenue_amount as double) / nullif(cast(sum(revenue_amount) over product_group as double), 0),
            1 / count(*) over product_group
        ) as share_ratio
    from unplanned_families
    window product_group as (partition by plan_level, product_group)
),

of_groups as (
    select
        converted.plan_level,
        converted.version,
        converted.approved_on,
        group_shares.family_id,
        converted.period_start,
        converted.span_end,
        case when group_shares.has_one_unit then converted.quantity * group_shares.share_ratio end as quantity,
        converted.revenue * converted.rate * group_shares.share_ratio as revenue_amount,
        converted.gross_margin * converted.rate * group_shares.share_ratio as margin_amount,
        converted.inventory_value * converted.rate * group_shares.share_ratio as inventory_value_amount,
        true as is_allocated
    from converted
    inner join group_shares using (plan_level, product_group)
),

spans as (
    select * from of_families
    union all
    select * from of_groups
)

select
    cast(plan_level as varchar) as plan_level,
    cast(version as varchar) as business_plan_version,
    cast(max(approved_on) as date) as approved_on,
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(span_end as date) as span_end,
    cast(sum(cast(quantity as decimal(38, 6))) as double) as quantity,
    cast(sum(cast(revenue_amount as decimal(38, 6))) as double) as revenue_amount,
    cast(sum(cast(margin_amount as decimal(38, 6))) as double) as margin_amount,
    cast(sum(cast(inventory_value_amount as decimal(38, 6))) as double) as inventory_value_amount,
    cast(bool_or(is_allocated) as boolean) as is_allocated
from spans
group by plan_level, version, family_id, period_start, span_end
order by plan_level, business_plan_version, family_id, period_start, span_end
