-- One row per promotion whose item no master knows.
-- severity: error
-- owner: team:marketing
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with promotions as (
    select * from staging.promotions
),

items as (
    select distinct item_id from staging.items
)

select
    cast(promotions.source_file as varchar) as source_file,
    cast(promotions.source_line as bigint) as source_line,
    cast(promotions.item_id as varchar) as value
from promotions
left join items on promotions.item_id = items.item_id
where
    promotions.item_id is not null
    and items.item_id is null
