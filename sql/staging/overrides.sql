-- One row per override.
with received as (
    select * from raw.overrides
)

select
    override_id,
    measure,
    item_id,
    family_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    step,
    try_cast(quantity as decimal(18, 4)) as quantity,
    try_cast(change_quantity as decimal(18, 4)) as change_quantity,
    case when isfinite(try_cast(change_ratio as double)) then try_cast(change_ratio as double) end as change_ratio,
    reason,
    author,
    case when isfinite(try_cast(entered_on as date)) then try_cast(entered_on as date) end as entered_on,
    case when isfinite(try_cast(expires_on as date)) then try_cast(expires_on as date) end as expires_on,
    source_file,
    cast(source_line as bigint) as source_line
from received
