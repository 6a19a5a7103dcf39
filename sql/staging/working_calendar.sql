-- One row per site and period.
with received as (
    select * from raw.working_calendar
)

select
    site_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    try_cast(working_days as decimal(18, 4)) as working_days,
    source_file,
    cast(source_line as bigint) as source_line
from received
