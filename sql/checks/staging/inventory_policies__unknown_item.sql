-- One row per inventory policy whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with inventory_policies as (
    select * from staging.inventory_policies
),

items as (
    select distinct item_id from staging.items
)

select
    cast(inventory_policies.source_file as varchar) as source_file,
    cast(inventory_policies.source_line as bigint) as source_line,
    cast(inventory_policies.item_id as varchar) as value
from inventory_policies
left join items on inventory_policies.item_id = items.item_id
where
    inventory_policies.item_id is not null
    and items.item_id is null
