-- One row per workforce row whose resource no master knows.
-- severity: error
-- owner: team:production
-- column: resource_id
-- hint: Send the resource with resources, or correct the code.
with workforce as (
    select * from staging.workforce
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(workforce.source_file as varchar) as source_file,
    cast(workforce.source_line as bigint) as source_line,
    cast(workforce.resource_id as varchar) as value
from workforce
left join resources on workforce.resource_id = resources.resource_id
where
    workforce.resource_id is not null
    and exists (select 1 from resources)
    and resources.resource_id is null
