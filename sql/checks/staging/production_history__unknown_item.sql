-- One row per completion report whose item no master knows.
-- severity: error
-- owner: team:production
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with production_history as (
    select * from staging.production_history
),

items as (
    select distinct item_id from staging.items
)

select
    cast(production_history.source_file as varchar) as source_file,
    cast(production_history.source_line as bigint) as source_line,
    cast(production_history.item_id as varchar) as value
from production_history
left join items on production_history.item_id = items.item_id
where
    production_history.item_id is not null
    and items.item_id is null
