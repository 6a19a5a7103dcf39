-- One row per business plan row whose product group no family belongs to.
-- severity: error
-- owner: team:finance
-- column: product_group
-- hint: Give a family this product_group in product_families, or correct the name.
with business_plan as (
    select * from staging.business_plan
),

product_families as (
    select distinct product_group from staging.product_families
)

select
    cast(business_plan.source_file as varchar) as source_file,
    cast(business_plan.source_line as bigint) as source_line,
    cast(business_plan.product_group as varchar) as value
from business_plan
left join product_families on business_plan.product_group = product_families.product_group
where
    business_plan.product_group is not null
    and product_families.product_group is null
