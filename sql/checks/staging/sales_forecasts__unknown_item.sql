-- One row per submitted forecast whose item no master knows.
-- severity: error
-- owner: team:sales
-- column: item_id
-- hint: Send the item with items, or correct the code: Excel turns 00123 into 123 and 1E5 into 100000.
with sales_forecasts as (
    select * from staging.sales_forecasts
),

items as (
    select distinct item_id from staging.items
)

select
    cast(sales_forecasts.source_file as varchar) as source_file,
    cast(sales_forecasts.source_line as bigint) as source_line,
    cast(sales_forecasts.item_id as varchar) as value
from sales_forecasts
left join items on sales_forecasts.item_id = items.item_id
where
    sales_forecasts.item_id is not null
    and items.item_id is null
