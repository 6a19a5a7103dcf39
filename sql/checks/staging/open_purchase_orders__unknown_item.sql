-- One row per purchase order line whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with open_purchase_orders as (
    select * from staging.open_purchase_orders
),

items as (
    select distinct item_id from staging.items
)

select
    cast(open_purchase_orders.source_file as varchar) as source_file,
    cast(open_purchase_orders.source_line as bigint) as source_line,
    cast(open_purchase_orders.item_id as varchar) as value
from open_purchase_orders
left join items on open_purchase_orders.item_id = items.item_id
where
    open_purchase_orders.item_id is not null
    and items.item_id is null
