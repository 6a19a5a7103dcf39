-- One row per bill of resources line whose item no master knows.
-- severity: error
-- owner: team:engineering
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with bill_of_resources as (
    select * from staging.bill_of_resources
),

items as (
    select distinct item_id from staging.items
)

select
    cast(bill_of_resources.source_file as varchar) as source_file,
    cast(bill_of_resources.source_line as bigint) as source_line,
    cast(bill_of_resources.item_id as varchar) as value
from bill_of_resources
left join items on bill_of_resources.item_id = items.item_id
where
    bill_of_resources.item_id is not null
    and items.item_id is null
