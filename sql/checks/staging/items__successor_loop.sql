-- One row per item that succeeds itself through its successors.
-- severity: warning
-- owner: team:engineering
-- column: successor_item_id
-- hint: Empty successor_item_id of the item that stays last.
with recursive items as (
    select * from staging.items
),

chains as (
    select
        item_id,
        successor_item_id as reached_item_id
    from items
    where successor_item_id is not null
    union
    select
        chains.item_id,
        items.successor_item_id as reached_item_id
    from chains
    inner join items on chains.reached_item_id = items.item_id
    where items.successor_item_id is not null
)

select
    cast(items.source_file as varchar) as source_file,
    cast(items.source_line as bigint) as source_line,
    cast(items.successor_item_id as varchar) as value
from items
inner join chains on items.item_id = chains.item_id and chains.reached_item_id = items.item_id
