-- One row per movement whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with inventory_movements as (
    select * from staging.inventory_movements
),

items as (
    select distinct item_id from staging.items
)

select
    cast(inventory_movements.source_file as varchar) as source_file,
    cast(inventory_movements.source_line as bigint) as source_line,
    cast(inventory_movements.item_id as varchar) as value
from inventory_movements
left join items on inventory_movements.item_id = items.item_id
where
    inventory_movements.item_id is not null
    and items.item_id is null
