-- One row per launched item of a family, in the item's unit.
with product_launches as (
    select * from staging.product_launches
),

items as (
    select * from core.items where family_id is not null
)

select
    cast(product_launches.item_id as varchar) as item_id,
    cast(items.family_id as varchar) as family_id,
    cast(product_launches.launch_date as date) as launch_date,
    cast(like_items.item_id as varchar) as like_item_id,
    cast(coalesce(product_launches.like_item_scale, 1) as double) as like_item_scale,
    cast(coalesce(product_launches.ramp_periods, 0) as bigint) as ramp_periods,
    cast(product_launches.expected_period_quantity as double) as expected_period_quantity,
    cast(product_launches.confidence as varchar) as confidence
from product_launches
inner join items on product_launches.item_id = items.item_id
left join items as like_items on product_launches.like_item_id = like_items.item_id
order by product_launches.item_id
