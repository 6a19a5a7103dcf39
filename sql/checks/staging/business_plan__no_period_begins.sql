-- One row per line of the business plan whose period_start begins no planning period.
-- severity: error
-- owner: team:finance
-- column: period_start
-- hint: Write the first day of a planning period: the first of a month, or of a period of fiscal_calendar.
with business_plan as (
    select * from staging.business_plan
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
    cast(business_plan.source_file as varchar) as source_file,
    cast(business_plan.source_line as bigint) as source_line,
    cast(business_plan.period_start as varchar) as value
from business_plan
cross join covered
left join fiscal_calendar on business_plan.period_start = fiscal_calendar.period_start
where
    case
        when $calendar = 'months' then day(business_plan.period_start) <> 1
        else fiscal_calendar.period_start is null and business_plan.period_start between covered.first_day and covered.last_day
    end
