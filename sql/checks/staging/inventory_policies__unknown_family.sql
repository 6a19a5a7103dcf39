-- One row per inventory policy whose family no master knows.
-- severity: error
-- owner: team:supply_chain
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with inventory_policies as (
    select * from staging.inventory_policies
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(inventory_policies.source_file as varchar) as source_file,
    cast(inventory_policies.source_line as bigint) as source_line,
    cast(inventory_policies.family_id as varchar) as value
from inventory_policies
left join product_families on inventory_policies.family_id = product_families.family_id
where
    inventory_policies.family_id is not null
    and product_families.family_id is null
