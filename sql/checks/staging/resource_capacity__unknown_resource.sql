-- One row per capacity row whose resource no master knows.
-- severity: error
-- owner: team:production
-- column: resource_id
-- hint: Send the resource with resources, or correct the code.
with resource_capacity as (
    select * from staging.resource_capacity
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(resource_capacity.source_file as varchar) as source_file,
    cast(resource_capacity.source_line as bigint) as source_line,
    cast(resource_capacity.resource_id as varchar) as value
from resource_capacity
left join resources on resource_capacity.resource_id = resources.resource_id
where
    resource_capacity.resource_id is not null
    and exists (select 1 from resources)
    and resources.resource_id is null
