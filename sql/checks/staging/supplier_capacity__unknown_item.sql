-- One row per supplier limit whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with supplier_capacity as (
    select * from staging.supplier_capacity
),

items as (
    select distinct item_id from staging.items
)

select
    cast(supplier_capacity.source_file as varchar) as source_file,
    cast(supplier_capacity.source_line as bigint) as source_line,
    cast(supplier_capacity.item_id as varchar) as value
from supplier_capacity
left join items on supplier_capacity.item_id = items.item_id
where
    supplier_capacity.item_id is not null
    and items.item_id is null
