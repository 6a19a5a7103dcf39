-- One row per routing operation whose item no master knows.
-- severity: error
-- owner: team:engineering
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with routings as (
    select * from staging.routings
),

items as (
    select distinct item_id from staging.items
)

select
    cast(routings.source_file as varchar) as source_file,
    cast(routings.source_line as bigint) as source_line,
    cast(routings.item_id as varchar) as value
from routings
left join items on routings.item_id = items.item_id
where
    routings.item_id is not null
    and items.item_id is null
