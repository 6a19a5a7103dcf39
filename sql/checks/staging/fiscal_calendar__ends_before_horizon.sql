-- The last row of a fiscal calendar that ends before the last period of the horizon.
-- severity: warning
-- owner: team:finance
-- column: period_end
-- hint: Send the fiscal years to come.
with fiscal_calendar as (
    select * from staging.fiscal_calendar
    where $calendar = 'fiscal'
),

last_row as (
    select * from fiscal_calendar
    qualify row_number() over (order by period_start desc) = 1
),

ahead as (
    select count(*) as periods from fiscal_calendar where period_end >= $as_of_date
)

select
    cast(last_row.source_file as varchar) as source_file,
    cast(last_row.source_line as bigint) as source_line,
    cast(ahead.periods || ' periods ahead' as varchar) as value
from last_row
cross join ahead
where ahead.periods < $horizon_periods
