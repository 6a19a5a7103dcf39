-- One row per labour resource with workforce and planned period (look-ahead included).
with workforce as (
    select * from staging.workforce
),

resources as (
    select
        core.resources.resource_id,
        core.resources.site_id,
        staged.overtime_ratio
    from core.resources
    inner join staging.resources as staged using (resource_id)
    where is_headcount_based
),

periods as (
    select
        *,
        greatest(period_start, cast($as_of_date as date)) as known_on
    from core.periods
    where periods_from_now >= 0
),

site_working_days as (
    select * from core.site_working_days
),

-- the heads there are: of the latest row up to the as-of date, else of the first one
opening as (
    select
        resource_id,
        headcount
    from workforce
    where headcount is not null
    qualify row_number() over (
        partition by resource_id
        order by
            period_start > $as_of_date,
            case when period_start <= $as_of_date then $as_of_date - period_start else period_start - $as_of_date end
    ) = 1
),

-- hours, absence and limits hold until the next row; before the first row they are the first row's
holding as (
    select
        resources.*,
        periods.period_start,
        periods.remaining_ratio,
        workforce.hours_per_head_per_day,
        workforce.absence_ratio,
        workforce.overtime_hours_per_head,
        workforce.maximum_hires,
        workforce.maximum_layoffs,
        workforce.minimum_headcount,
        workforce.maximum_headcount
    from resources
    cross join periods
    inner join workforce on resources.resource_id = workforce.resource_id
    qualify row_number() over (
        partition by resources.resource_id, periods.period_start
        order by
            workforce.period_start > periods.known_on,
            case
                when workforce.period_start <= periods.known_on then periods.known_on - workforce.period_start
                else workforce.period_start - periods.known_on
            end
    ) = 1
),

-- who leaves, and who helps out, is said for its own period only
of_period as (
    select
        resource_id,
        period_start,
        expected_leavers,
        temporary_headcount
    from workforce
),

rated as (
    select
        holding.*,
        coalesce(opening.headcount, 0) as opening_headcount,
        holding.hours_per_head_per_day * site_working_days.remaining_working_days * (1 - coalesce(holding.absence_ratio, 0))
            as regular_hours_per_head,
        coalesce(of_period.expected_leavers, 0) as expected_leavers,
        coalesce(of_period.temporary_headcount, 0) as temporary_headcount
    from holding
    inner join site_working_days on holding.site_id = site_working_days.site_id and holding.period_start = site_working_days.period_start
    left join opening on holding.resource_id = opening.resource_id
    left join of_period on holding.resource_id = of_period.resource_id and holding.period_start = of_period.period_start
)

select
    cast(resource_id as varchar) as resource_id,
    cast(period_start as date) as period_start,
    cast(opening_headcount as double) as opening_headcount,
    cast(regular_hours_per_head as double) as regular_hours_per_head,
    cast(
        coalesce(overtime_hours_per_head * remaining_ratio, coalesce(overtime_ratio, 0) * regular_hours_per_head) as double
    ) as overtime_hours_per_head,
    cast(coalesce(absence_ratio, 0) as double) as absence_ratio,
    cast(expected_leavers as double) as expected_leavers,
    cast(temporary_headcount as double) as temporary_headcount,
    cast(maximum_hires as double) as maximum_hires,
    cast(maximum_layoffs as double) as maximum_layoffs,
    cast(minimum_headcount as double) as minimum_headcount,
    cast(maximum_headcount as double) as maximum_headcount
from rated
order by resource_id, period_start
