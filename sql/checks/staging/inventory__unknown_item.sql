-- One row per stock line whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with inventory as (
    select * from staging.inventory
),

items as (
    select distinct item_id from staging.items
)

select
    cast(inventory.source_file as varchar) as source_file,
    cast(inventory.source_line as bigint) as source_line,
    cast(inventory.item_id as varchar) as value
from inventory
left join items on inventory.item_id = items.item_id
where
    inventory.item_id is not null
    and items.item_id is null
