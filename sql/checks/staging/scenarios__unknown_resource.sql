-- One row per scenario line whose resource no master knows.
-- severity: error
-- owner: team:planning
-- column: resource_id
-- hint: Send the resource with resources, or correct the code.
with scenarios as (
    select * from staging.scenarios
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(scenarios.source_file as varchar) as source_file,
    cast(scenarios.source_line as bigint) as source_line,
    cast(scenarios.resource_id as varchar) as value
from scenarios
left join resources on scenarios.resource_id = resources.resource_id
where
    scenarios.resource_id is not null
    and exists (select 1 from resources)
    and resources.resource_id is null
