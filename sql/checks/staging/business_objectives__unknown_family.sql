-- One row per objective whose family no master knows.
-- severity: error
-- owner: team:finance
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with business_objectives as (
    select * from staging.business_objectives
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(business_objectives.source_file as varchar) as source_file,
    cast(business_objectives.source_line as bigint) as source_line,
    cast(business_objectives.family_id as varchar) as value
from business_objectives
left join product_families on business_objectives.family_id = product_families.family_id
where
    business_objectives.family_id is not null
    and product_families.family_id is null
