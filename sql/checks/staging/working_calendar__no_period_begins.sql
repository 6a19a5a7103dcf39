-- One row per site and period whose period_start begins no planning period.
-- severity: error
-- owner: team:production
-- column: period_start
-- hint: Write the first day of a planning period: the first of a month, or of a period of fiscal_calendar.
with working_calendar as (
    select * from staging.working_calendar
),

fiscal_calendar as (
    select * from staging.fiscal_calendar
    where $calendar = 'fiscal'
),

-- what lies outside the calendar is told by the calendar's own rules
covered as (
    select
        min(period_start) as first_day,
        max(period_end) as last_day
    from fiscal_calendar
)

select
    cast(working_calendar.source_file as varchar) as source_file,
    cast(working_calendar.source_line as bigint) as source_line,
    cast(working_calendar.period_start as varchar) as value
from working_calendar
cross join covered
left join fiscal_calendar on working_calendar.period_start = fiscal_calendar.period_start
where
    case
        when $calendar = 'months' then day(working_calendar.period_start) <> 1
        else fiscal_calendar.period_start is null and working_calendar.period_start between covered.first_day and covered.last_day
    end
