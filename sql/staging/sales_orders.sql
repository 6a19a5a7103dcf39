-- One row per order line, or per schedule line where an order line is split; open and closed.
with received as (
    select * replace (
        coalesce(per_quantity, '1') as per_quantity
    )
    from raw.sales_orders
)

select
    order_id,
    order_line,
    schedule_line,
    item_id,
    site_id,
    customer_id,
    case when isfinite(try_cast(order_date as date)) then try_cast(order_date as date) end as order_date,
    case when isfinite(try_cast(requested_date as date)) then try_cast(requested_date as date) end as requested_date,
    case when isfinite(try_cast(promised_date as date)) then try_cast(promised_date as date) end as promised_date,
    try_cast(ordered_quantity as decimal(18, 4)) as ordered_quantity,
    try_cast(shipped_quantity as decimal(18, 4)) as shipped_quantity,
    try_cast(cancelled_quantity as decimal(18, 4)) as cancelled_quantity,
    case when isfinite(try_cast(cancelled_date as date)) then try_cast(cancelled_date as date) end as cancelled_date,
    case when isfinite(try_cast(last_ship_date as date)) then try_cast(last_ship_date as date) end as last_ship_date,
    unit_of_measure,
    try_cast(net_unit_price as decimal(18, 4)) as net_unit_price,
    try_cast(per_quantity as decimal(18, 4)) as per_quantity,
    currency,
    order_type,
    order_status,
    source_file,
    cast(source_line as bigint) as source_line
from received
