-- One row per submitted forecast whose family no master knows.
-- severity: error
-- owner: team:sales
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with sales_forecasts as (
    select * from staging.sales_forecasts
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(sales_forecasts.source_file as varchar) as source_file,
    cast(sales_forecasts.source_line as bigint) as source_line,
    cast(sales_forecasts.family_id as varchar) as value
from sales_forecasts
left join product_families on sales_forecasts.family_id = product_families.family_id
where
    sales_forecasts.family_id is not null
    and product_families.family_id is null
