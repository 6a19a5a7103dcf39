-- One row per planning cost whose family no master knows.
-- severity: error
-- owner: team:finance
-- column: scope_id
-- hint: Send the family with product_families, or correct the code.
with planning_costs as (
    select * from staging.planning_costs
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(planning_costs.source_file as varchar) as source_file,
    cast(planning_costs.source_line as bigint) as source_line,
    cast(planning_costs.scope_id as varchar) as value
from planning_costs
left join product_families on planning_costs.scope_id = product_families.family_id
where
    planning_costs.scope_id is not null
    and planning_costs.scope = 'family'
    and product_families.family_id is null
