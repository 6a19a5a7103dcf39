-- One row per delivered line.
with received as (
    select * from raw.shipments
)

select
    shipment_id,
    shipment_line,
    order_id,
    order_line,
    item_id,
    site_id,
    customer_id,
    case when isfinite(try_cast(ship_date as date)) then try_cast(ship_date as date) end as ship_date,
    try_cast(shipped_quantity as decimal(18, 4)) as shipped_quantity,
    unit_of_measure,
    try_cast(net_amount as decimal(18, 4)) as net_amount,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
