-- One row per planning bill line whose item no master knows.
-- severity: error
-- owner: team:engineering
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with planning_bills as (
    select * from staging.planning_bills
),

items as (
    select distinct item_id from staging.items
)

select
    cast(planning_bills.source_file as varchar) as source_file,
    cast(planning_bills.source_line as bigint) as source_line,
    cast(planning_bills.item_id as varchar) as value
from planning_bills
left join items on planning_bills.item_id = items.item_id
where
    planning_bills.item_id is not null
    and items.item_id is null
