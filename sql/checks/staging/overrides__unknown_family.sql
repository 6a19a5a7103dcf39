-- One row per override whose family no master knows.
-- severity: error
-- owner: team:planning
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with overrides as (
    select * from staging.overrides
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(overrides.source_file as varchar) as source_file,
    cast(overrides.source_line as bigint) as source_line,
    cast(overrides.family_id as varchar) as value
from overrides
left join product_families on overrides.family_id = product_families.family_id
where
    overrides.family_id is not null
    and product_families.family_id is null
