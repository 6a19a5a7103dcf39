-- One row per row of the business plan that may count by its approval or its name, in the reporting currency, with the end of its span.
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
)

select
    cast(plan_level as varchar) as plan_level,
    cast(version as varchar) as business_plan_version,
    cast(approved_on as date) as approved_on,
    cast(family_id as varchar) as family_id,
    cast(product_group as varchar) as product_group,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(span_end as date) as span_end,
    cast(quantity as double) as quantity,
    cast(revenue * rate as double) as revenue_amount,
    cast(gross_margin * rate as double) as margin_amount,
    cast(inventory_value * rate as double) as inventory_value_amount
from converted
order by plan_level, business_plan_version, family_id, product_group, item_id, period_start, span_end
