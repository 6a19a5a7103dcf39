-- One row per closed order line that states less shipped and cancelled than ordered.
-- severity: warning
-- owner: team:sales
-- column: order_status
-- hint: The open rest counts as cancelled; write it in cancelled_quantity, or reopen the line.
with sales_orders as (
    select * from staging.sales_orders
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(ordered_quantity - shipped_quantity - coalesce(cancelled_quantity, 0) as varchar) as value
from sales_orders
where
    order_status = 'closed'
    and ordered_quantity > shipped_quantity + coalesce(cancelled_quantity, 0)
