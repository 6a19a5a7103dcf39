-- One row per supplier, item and period.
with received as (
    select * from raw.supplier_capacity
)

select
    supplier_id,
    item_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    try_cast(maximum_quantity as decimal(18, 4)) as maximum_quantity,
    source_file,
    cast(source_line as bigint) as source_line
from received
