-- One row per standard cost whose item no master knows.
-- severity: error
-- owner: team:finance
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with standard_costs as (
    select * from staging.standard_costs
),

items as (
    select distinct item_id from staging.items
)

select
    cast(standard_costs.source_file as varchar) as source_file,
    cast(standard_costs.source_line as bigint) as source_line,
    cast(standard_costs.item_id as varchar) as value
from standard_costs
left join items on standard_costs.item_id = items.item_id
where
    standard_costs.item_id is not null
    and items.item_id is null
