-- One row per engineering change.
with received as (
    select * from raw.engineering_changes
)

select
    change_id,
    old_item_id,
    new_item_id,
    case when isfinite(try_cast(effective_date as date)) then try_cast(effective_date as date) end as effective_date,
    disposition,
    change_status,
    source_file,
    cast(source_line as bigint) as source_line
from received
