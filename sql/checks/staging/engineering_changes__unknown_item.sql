-- One row per engineering change whose new item no master knows.
-- severity: error
-- owner: team:engineering
-- column: new_item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with engineering_changes as (
    select * from staging.engineering_changes
),

items as (
    select distinct item_id from staging.items
)

select
    cast(engineering_changes.source_file as varchar) as source_file,
    cast(engineering_changes.source_line as bigint) as source_line,
    cast(engineering_changes.new_item_id as varchar) as value
from engineering_changes
left join items on engineering_changes.new_item_id = items.item_id
where
    engineering_changes.new_item_id is not null
    and items.item_id is null
