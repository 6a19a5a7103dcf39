-- One row per assemble-to-order family, item and validity date: the mix the family is sold in.
with received as (
    select * from raw.planning_bills
)

select
    family_id,
    item_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(mix_ratio as double)) then try_cast(mix_ratio as double) end as mix_ratio,
    kind,
    source_file,
    cast(source_line as bigint) as source_line
from received
