-- One row per planning bill line whose family no master knows.
-- severity: error
-- owner: team:engineering
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with planning_bills as (
    select * from staging.planning_bills
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(planning_bills.source_file as varchar) as source_file,
    cast(planning_bills.source_line as bigint) as source_line,
    cast(planning_bills.family_id as varchar) as value
from planning_bills
left join product_families on planning_bills.family_id = product_families.family_id
where
    planning_bills.family_id is not null
    and product_families.family_id is null
