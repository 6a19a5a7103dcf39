-- One row per approved plan row whose family no master knows.
-- severity: error
-- owner: team:planning
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with approved_plans as (
    select * from staging.approved_plans
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(approved_plans.source_file as varchar) as source_file,
    cast(approved_plans.source_line as bigint) as source_line,
    cast(approved_plans.family_id as varchar) as value
from approved_plans
left join product_families on approved_plans.family_id = product_families.family_id
where
    approved_plans.family_id is not null
    and product_families.family_id is null
