-- One row per supply policy whose family no master knows.
-- severity: error
-- owner: team:planning
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with supply_policies as (
    select * from staging.supply_policies
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(supply_policies.source_file as varchar) as source_file,
    cast(supply_policies.source_line as bigint) as source_line,
    cast(supply_policies.family_id as varchar) as value
from supply_policies
left join product_families on supply_policies.family_id = product_families.family_id
where
    supply_policies.family_id is not null
    and product_families.family_id is null
