-- One row per order line whose item no master knows.
-- severity: error
-- owner: team:sales
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with sales_orders as (
    select * from staging.sales_orders
),

items as (
    select distinct item_id from staging.items
)

select
    cast(sales_orders.source_file as varchar) as source_file,
    cast(sales_orders.source_line as bigint) as source_line,
    cast(sales_orders.item_id as varchar) as value
from sales_orders
left join items on sales_orders.item_id = items.item_id
where
    sales_orders.item_id is not null
    and items.item_id is null
