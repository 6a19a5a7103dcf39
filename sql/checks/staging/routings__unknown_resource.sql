-- One row per routing operation whose resource no master knows.
-- severity: error
-- owner: team:engineering
-- column: resource_id
-- hint: Send the resource with resources, or correct the code.
with routings as (
    select * from staging.routings
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(routings.source_file as varchar) as source_file,
    cast(routings.source_line as bigint) as source_line,
    cast(routings.resource_id as varchar) as value
from routings
left join resources on routings.resource_id = resources.resource_id
where
    routings.resource_id is not null
    and exists (select 1 from resources)
    and resources.resource_id is null
