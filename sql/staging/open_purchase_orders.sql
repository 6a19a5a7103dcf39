-- One row per open purchase order line.
with received as (
    select * from raw.open_purchase_orders
)

select
    purchase_order_id,
    purchase_order_line,
    supplier_id,
    item_id,
    site_id,
    case when isfinite(try_cast(order_date as date)) then try_cast(order_date as date) end as order_date,
    case when isfinite(try_cast(due_date as date)) then try_cast(due_date as date) end as due_date,
    case when isfinite(try_cast(confirmed_date as date)) then try_cast(confirmed_date as date) end as confirmed_date,
    try_cast(open_quantity as decimal(18, 4)) as open_quantity,
    unit_of_measure,
    try_cast(unit_price as decimal(18, 4)) as unit_price,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
