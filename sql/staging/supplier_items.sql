-- One row per item, supplier and validity date.
with received as (
    select * from raw.supplier_items
)

select
    item_id,
    supplier_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when try_cast(lead_time_days as decimal(38, 9)) % 1 = 0 then try_cast(lead_time_days as bigint) end as lead_time_days,
    try_cast(minimum_order_quantity as decimal(18, 4)) as minimum_order_quantity,
    try_cast(order_multiple as decimal(18, 4)) as order_multiple,
    try_cast(price as decimal(18, 4)) as price,
    currency,
    case when isfinite(try_cast(share_ratio as double)) then try_cast(share_ratio as double) end as share_ratio,
    source_file,
    cast(source_line as bigint) as source_line
from received
