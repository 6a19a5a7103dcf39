-- One row per site and period.
with periods as (
    select * from core.periods
),

working_calendar as (
    select
        coalesce(nullif(site_id, '*'), '') as site_id,
        period_start,
        working_days
    from staging.working_calendar
),

sites as (
    select '' as site_id
    union
    select site_id from working_calendar
    union
    select nullif(site_id, '*') from staging.resources where site_id is not null
    union
    select nullif(site_id, '*') from staging.product_families where site_id is not null
),

weekdays as (
    select
        period_start,
        count(*) filter (where isodow(weekday) <= 5) as weekdays
    from (
        select
            period_start,
            unnest(generate_series(cast(period_start as timestamp), cast(period_end as timestamp), interval 1 day)) as weekday
        from periods
    ) as days
    group by period_start
),

given_days as (
    select
        sites.site_id,
        periods.period_start,
        periods.remaining_ratio,
        -- a site that sends no days follows the company's, the company Monday to Friday
        coalesce(site_days.working_days, company_days.working_days, nullif(weekdays.weekdays, 0), 1) as working_days
    from sites
    cross join periods
    inner join weekdays on periods.period_start = weekdays.period_start
    left join working_calendar as site_days on sites.site_id = site_days.site_id and periods.period_start = site_days.period_start
    left join working_calendar as company_days on company_days.site_id = '' and periods.period_start = company_days.period_start
    where sites.site_id is not null
)

select
    cast(site_id as varchar) as site_id,
    cast(period_start as date) as period_start,
    cast(working_days as double) as working_days,
    cast(working_days * remaining_ratio as double) as remaining_working_days
from given_days
order by site_id, period_start
