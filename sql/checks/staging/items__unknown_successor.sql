-- One row per item whose successor no master knows.
-- severity: warning
-- owner: team:engineering
-- column: successor_item_id
-- hint: Send the successor with items, or empty successor_item_id.
with items as (
    select * from staging.items
),

known as (
    select item_id from staging.items
)

select
    cast(items.source_file as varchar) as source_file,
    cast(items.source_line as bigint) as source_line,
    cast(items.successor_item_id as varchar) as value
from items
left join known on items.successor_item_id = known.item_id
where
    items.successor_item_id is not null
    and known.item_id is null
