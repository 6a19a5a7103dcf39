-- One row per launch whose like item no master knows.
-- severity: warning
-- owner: team:marketing
-- column: like_item_id
-- hint: Name an item of items in like_item_id, or give expected_period_quantity.
with product_launches as (
    select * from staging.product_launches
),

items as (
    select distinct item_id from staging.items
)

select
    cast(product_launches.source_file as varchar) as source_file,
    cast(product_launches.source_line as bigint) as source_line,
    cast(product_launches.like_item_id as varchar) as value
from product_launches
left join items on product_launches.like_item_id = items.item_id
where
    product_launches.like_item_id is not null
    and items.item_id is null
