-- One row per override whose item no master knows.
-- severity: error
-- owner: team:planning
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with overrides as (
    select * from staging.overrides
),

items as (
    select distinct item_id from staging.items
)

select
    cast(overrides.source_file as varchar) as source_file,
    cast(overrides.source_line as bigint) as source_line,
    cast(overrides.item_id as varchar) as value
from overrides
left join items on overrides.item_id = items.item_id
where
    overrides.item_id is not null
    and items.item_id is null
