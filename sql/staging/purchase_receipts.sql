-- One row per receipt line.
with received as (
    select * from raw.purchase_receipts
)

select
    receipt_id,
    receipt_line,
    purchase_order_id,
    item_id,
    site_id,
    supplier_id,
    case when isfinite(try_cast(received_date as date)) then try_cast(received_date as date) end as received_date,
    try_cast(quantity as decimal(18, 4)) as quantity,
    try_cast(unit_price as decimal(18, 4)) as unit_price,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
