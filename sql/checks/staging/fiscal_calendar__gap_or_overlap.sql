-- One row per fiscal period that does not begin the day after the one before.
-- severity: stop
-- owner: team:finance
-- column: period_start
-- hint: Correct period_start or the period_end before it; periods must follow each other without gap or overlap.
with fiscal_calendar as (
    select * from staging.fiscal_calendar
    where $calendar = 'fiscal'
),

followed as (
    select
        *,
        lag(period_end) over (order by period_start) as previous_end
    from fiscal_calendar
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(period_start || ' after ' || previous_end as varchar) as value
from followed
where period_start <> previous_end + 1
