-- One row per bill of resources line whose family no master knows.
-- severity: error
-- owner: team:engineering
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with bill_of_resources as (
    select * from staging.bill_of_resources
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(bill_of_resources.source_file as varchar) as source_file,
    cast(bill_of_resources.source_line as bigint) as source_line,
    cast(bill_of_resources.family_id as varchar) as value
from bill_of_resources
left join product_families on bill_of_resources.family_id = product_families.family_id
where
    bill_of_resources.family_id is not null
    and product_families.family_id is null
