-- One row per workforce row of a resource that is no labour.
-- severity: warning
-- owner: team:production
-- column: resource_id
-- hint: Set resource_type to labour, or name the labour resource.
with workforce as (
    select * from staging.workforce
),

resources as (
    select
        resource_id,
        resource_type
    from staging.resources
)

select
    cast(workforce.source_file as varchar) as source_file,
    cast(workforce.source_line as bigint) as source_line,
    cast(resources.resource_type as varchar) as value
from workforce
inner join resources using (resource_id)
where resources.resource_type <> 'labour'
