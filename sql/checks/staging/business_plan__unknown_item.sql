-- One row per business plan row whose item no master knows.
-- severity: error
-- owner: team:finance
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with business_plan as (
    select * from staging.business_plan
),

items as (
    select distinct item_id from staging.items
)

select
    cast(business_plan.source_file as varchar) as source_file,
    cast(business_plan.source_line as bigint) as source_line,
    cast(business_plan.item_id as varchar) as value
from business_plan
left join items on business_plan.item_id = items.item_id
where
    business_plan.item_id is not null
    and items.item_id is null
