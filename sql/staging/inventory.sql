-- One row per snapshot date, site, item and stock status.
with received as (
    select * from raw.inventory
)

select
    case when isfinite(try_cast(snapshot_date as date)) then try_cast(snapshot_date as date) end as snapshot_date,
    site_id,
    item_id,
    stock_status,
    try_cast(quantity as decimal(18, 4)) as quantity,
    unit_of_measure,
    source_file,
    cast(source_line as bigint) as source_line
from received
