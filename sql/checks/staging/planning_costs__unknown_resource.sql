-- One row per planning cost whose resource no master knows.
-- severity: error
-- owner: team:finance
-- column: scope_id
-- hint: Send the resource with resources, or correct the code.
with planning_costs as (
    select * from staging.planning_costs
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(planning_costs.source_file as varchar) as source_file,
    cast(planning_costs.source_line as bigint) as source_line,
    cast(planning_costs.scope_id as varchar) as value
from planning_costs
left join resources on planning_costs.scope_id = resources.resource_id
where
    planning_costs.scope_id is not null
    and planning_costs.scope = 'resource'
    and exists (select 1 from resources)
    and resources.resource_id is null
