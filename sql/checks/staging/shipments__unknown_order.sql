-- One row per delivered line of an order that sales_orders does not hold.
-- severity: warning
-- owner: team:sales
-- column: order_id
-- hint: Send the order with sales_orders; the delivery counts as booked on its ship date.
with shipments as (
    select * from staging.shipments
),

orders as (
    select distinct order_id from staging.sales_orders
)

select
    cast(shipments.source_file as varchar) as source_file,
    cast(shipments.source_line as bigint) as source_line,
    cast(shipments.order_id as varchar) as value
from shipments
left join orders using (order_id)
where
    shipments.order_id is not null
    and orders.order_id is null
