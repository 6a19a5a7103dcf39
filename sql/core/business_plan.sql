-- One row per family and period of the annual business plan, longer periods spread by working days.
with business_plan_spans as (
    select * exclude (plan_level) from core.business_plan_spans where plan_level = 'annual'
),

families as (
    select * from core.families
),

periods as (
    select * from core.periods
),

site_working_days as (
    select * from core.site_working_days
),

-- 13 weeks are not quite three months: a period belongs to a span if it begins at least two weeks before its end
covered as (
    select
        business_plan_spans.*,
        periods.period_start as covered_period,
        periods.period_end,
        site_working_days.working_days,
        min(periods.period_start) over span as first_day,
        max(periods.period_end) over span as last_day,
        sum(site_working_days.working_days) over span as span_working_days
    from business_plan_spans
    inner join families using (family_id)
    inner join periods
        on periods.period_start >= business_plan_spans.period_start and periods.period_start < business_plan_spans.span_end - 14
    inner join site_working_days on families.site_id = site_working_days.site_id and periods.period_start = site_working_days.period_start
    window span as (
        partition by
            business_plan_spans.business_plan_version,
            business_plan_spans.family_id,
            business_plan_spans.period_start,
            business_plan_spans.span_end
    )
),

-- the part of a span before or after the calendar keeps its share, by its Mondays to Fridays
spread as (
    select
        *,
        working_days / (
            span_working_days
            + case when first_day > period_start + 14
                then len(list_filter(generate_series(period_start, first_day - 1, interval 1 day), lambda day: isodow(day) <= 5)) else 0
            end
            + case when last_day < span_end - 15
                then len(list_filter(generate_series(last_day + 1, span_end - 1, interval 1 day), lambda day: isodow(day) <= 5)) else 0
            end
        ) as period_share_ratio,
        period_end = last_day and last_day >= span_end - 15 as is_end_of_span
    from covered
),

-- the version approved last counts, period by period; within it the finest row
counting as (
    select *
    from spread
    qualify
        business_plan_version = first(business_plan_version) over (
            partition by covered_period
            order by approved_on desc nulls last, business_plan_version desc
            rows between unbounded preceding and unbounded following
        )
        and row_number() over (
            partition by business_plan_version, family_id, covered_period order by span_end - period_start, period_start desc
        ) = 1
)

select
    cast(family_id as varchar) as family_id,
    cast(covered_period as date) as period_start,
    cast(business_plan_version as varchar) as business_plan_version,
    cast(quantity * period_share_ratio as double) as business_plan_quantity,
    cast(revenue_amount * period_share_ratio as double) as business_plan_revenue_amount,
    cast(margin_amount * period_share_ratio as double) as business_plan_margin_amount,
    -- stock is planned at the end of a span, not in each of its periods
    cast(case when is_end_of_span then inventory_value_amount end as double) as business_plan_inventory_value_amount,
    cast(is_allocated as boolean) as is_allocated
from counting
order by family_id, period_start
