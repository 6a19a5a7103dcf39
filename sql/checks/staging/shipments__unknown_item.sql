-- One row per delivered line whose item no master knows.
-- severity: error
-- owner: team:sales
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with shipments as (
    select * from staging.shipments
),

items as (
    select distinct item_id from staging.items
)

select
    cast(shipments.source_file as varchar) as source_file,
    cast(shipments.source_line as bigint) as source_line,
    cast(shipments.item_id as varchar) as value
from shipments
left join items on shipments.item_id = items.item_id
where
    shipments.item_id is not null
    and items.item_id is null
