-- One row per decision whose family no master knows.
-- severity: error
-- owner: team:planning
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with decisions as (
    select * from staging.decisions
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(decisions.source_file as varchar) as source_file,
    cast(decisions.source_line as bigint) as source_line,
    cast(decisions.family_id as varchar) as value
from decisions
left join product_families on decisions.family_id = product_families.family_id
where
    decisions.family_id is not null
    and product_families.family_id is null
