-- One row per measure, family and the period from which the target holds.
with received as (
    select * from raw.business_objectives
)

select
    measure,
    family_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    case when isfinite(try_cast(target as double)) then try_cast(target as double) end as target,
    owner,
    source_file,
    cast(source_line as bigint) as source_line
from received
