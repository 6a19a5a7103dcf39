-- One row per launch whose item no master knows.
-- severity: error
-- owner: team:marketing
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with product_launches as (
    select * from staging.product_launches
),

items as (
    select distinct item_id from staging.items
)

select
    cast(product_launches.source_file as varchar) as source_file,
    cast(product_launches.source_line as bigint) as source_line,
    cast(product_launches.item_id as varchar) as value
from product_launches
left join items on product_launches.item_id = items.item_id
where
    product_launches.item_id is not null
    and items.item_id is null
