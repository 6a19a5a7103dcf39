-- One row per planning period.
with received as (
    select * from raw.fiscal_calendar
)

select
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    case when isfinite(try_cast(period_end as date)) then try_cast(period_end as date) end as period_end,
    period_label,
    case when try_cast(fiscal_year as decimal(38, 9)) % 1 = 0 then try_cast(fiscal_year as bigint) end as fiscal_year,
    case when try_cast(fiscal_quarter as decimal(38, 9)) % 1 = 0 then try_cast(fiscal_quarter as bigint) end as fiscal_quarter,
    source_file,
    cast(source_line as bigint) as source_line
from received
