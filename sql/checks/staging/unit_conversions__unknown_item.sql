-- One row per unit conversion whose item no master knows.
-- severity: error
-- owner: team:engineering
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with unit_conversions as (
    select * from staging.unit_conversions
),

items as (
    select distinct item_id from staging.items
)

select
    cast(unit_conversions.source_file as varchar) as source_file,
    cast(unit_conversions.source_line as bigint) as source_line,
    cast(unit_conversions.item_id as varchar) as value
from unit_conversions
left join items on unit_conversions.item_id = items.item_id
where
    unit_conversions.item_id is not null
    and items.item_id is null
