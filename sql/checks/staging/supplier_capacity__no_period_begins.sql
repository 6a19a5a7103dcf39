-- One row per limit of a supplier whose period_start begins no planning period.
-- severity: error
-- owner: team:supply_chain
-- column: period_start
-- hint: Write the first day of a planning period: the first of a month, or of a period of fiscal_calendar.
with supplier_capacity as (
    select * from staging.supplier_capacity
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
    cast(supplier_capacity.source_file as varchar) as source_file,
    cast(supplier_capacity.source_line as bigint) as source_line,
    cast(supplier_capacity.period_start as varchar) as value
from supplier_capacity
cross join covered
left join fiscal_calendar on supplier_capacity.period_start = fiscal_calendar.period_start
where
    case
        when $calendar = 'months' then day(supplier_capacity.period_start) <> 1
        else fiscal_calendar.period_start is null and supplier_capacity.period_start between covered.first_day and covered.last_day
    end
