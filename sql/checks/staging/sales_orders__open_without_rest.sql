-- One row per open order line of which nothing is left to deliver.
-- severity: warning
-- owner: team:sales
-- column: order_status
-- hint: Close the line, or correct its quantities.
with sales_orders as (
    select * from staging.sales_orders
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(ordered_quantity as varchar) as value
from sales_orders
where
    order_status = 'open'
    and ordered_quantity <= coalesce(shipped_quantity, 0) + coalesce(cancelled_quantity, 0)
