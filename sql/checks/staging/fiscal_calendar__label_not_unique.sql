-- One row per fiscal period whose label another one has.
-- severity: stop
-- owner: team:finance
-- column: period_label
-- hint: Give every period its own label; it names the folder of its cycle.
with fiscal_calendar as (
    select * from staging.fiscal_calendar
    where $calendar = 'fiscal'
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(period_label as varchar) as value
from fiscal_calendar
qualify count(*) over (partition by period_label) > 1
