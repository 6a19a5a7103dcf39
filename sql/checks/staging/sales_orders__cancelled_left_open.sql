-- One row per cancelled order line whose cancelled quantity leaves something open.
-- severity: warning
-- owner: team:sales
-- column: cancelled_quantity
-- hint: The open rest counts as cancelled; write it in cancelled_quantity, or correct order_status.
with sales_orders as (
    select * from staging.sales_orders
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(ordered_quantity - coalesce(shipped_quantity, 0) - coalesce(cancelled_quantity, 0) as varchar) as value
from sales_orders
where
    order_status = 'cancelled'
    and ordered_quantity > coalesce(shipped_quantity, 0) + coalesce(cancelled_quantity, 0)
