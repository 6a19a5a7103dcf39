-- One row per measure, period and family: what the ledger or the warehouse system says.
with received as (
    select * from raw.control_totals
)

select
    measure,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    family_id,
    try_cast(amount as decimal(18, 4)) as amount,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
