-- One row per scenario line whose family no master knows.
-- severity: error
-- owner: team:planning
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with scenarios as (
    select * from staging.scenarios
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(scenarios.source_file as varchar) as source_file,
    cast(scenarios.source_line as bigint) as source_line,
    cast(scenarios.family_id as varchar) as value
from scenarios
left join product_families on scenarios.family_id = product_families.family_id
where
    scenarios.family_id is not null
    and product_families.family_id is null
