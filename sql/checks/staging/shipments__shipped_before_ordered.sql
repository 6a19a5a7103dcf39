-- One row per delivered line that left before its order was taken.
-- severity: warning
-- owner: team:sales
-- column: ship_date
-- hint: Correct ship_date, or the order_date of the order line.
with shipments as (
    select * from staging.shipments
),

orders as (
    select
        order_id,
        order_line,
        min(order_date) as order_date
    from staging.sales_orders
    group by order_id, order_line
)

select
    cast(shipments.source_file as varchar) as source_file,
    cast(shipments.source_line as bigint) as source_line,
    cast(shipments.ship_date || ' before ' || orders.order_date as varchar) as value
from shipments
inner join orders using (order_id, order_line)
where shipments.ship_date < orders.order_date
