-- One row per price whose item no master knows.
-- severity: error
-- owner: team:finance
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with prices as (
    select * from staging.prices
),

items as (
    select distinct item_id from staging.items
)

select
    cast(prices.source_file as varchar) as source_file,
    cast(prices.source_line as bigint) as source_line,
    cast(prices.item_id as varchar) as value
from prices
left join items on prices.item_id = items.item_id
where
    prices.item_id is not null
    and items.item_id is null
