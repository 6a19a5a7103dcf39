-- One row per order line whose customer no master knows.
-- severity: warning
-- owner: team:sales
-- column: customer_id
-- hint: Send the customer with customers; until then it belongs to no group.
with sales_orders as (
    select * from staging.sales_orders
),

customers as (
    select distinct customer_id from staging.customers
)

select
    cast(sales_orders.source_file as varchar) as source_file,
    cast(sales_orders.source_line as bigint) as source_line,
    cast(sales_orders.customer_id as varchar) as value
from sales_orders
left join customers on sales_orders.customer_id = customers.customer_id
where
    sales_orders.customer_id is not null
    and exists (select 1 from customers)
    and customers.customer_id is null
