-- One row per receipt line whose item no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with purchase_receipts as (
    select * from staging.purchase_receipts
),

items as (
    select distinct item_id from staging.items
)

select
    cast(purchase_receipts.source_file as varchar) as source_file,
    cast(purchase_receipts.source_line as bigint) as source_line,
    cast(purchase_receipts.item_id as varchar) as value
from purchase_receipts
left join items on purchase_receipts.item_id = items.item_id
where
    purchase_receipts.item_id is not null
    and items.item_id is null
