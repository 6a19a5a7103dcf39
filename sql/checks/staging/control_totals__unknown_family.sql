-- One row per control total whose family no master knows.
-- severity: error
-- owner: team:finance
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with control_totals as (
    select * from staging.control_totals
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(control_totals.source_file as varchar) as source_file,
    cast(control_totals.source_line as bigint) as source_line,
    cast(control_totals.family_id as varchar) as value
from control_totals
left join product_families on control_totals.family_id = product_families.family_id
where
    control_totals.family_id is not null
    and product_families.family_id is null
