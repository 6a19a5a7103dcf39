-- One row per bill of resources line whose resource no master knows.
-- severity: error
-- owner: team:engineering
-- column: resource_id
-- hint: Send the resource with resources, or correct the code.
with bill_of_resources as (
    select * from staging.bill_of_resources
),

resources as (
    select distinct resource_id from staging.resources
)

select
    cast(bill_of_resources.source_file as varchar) as source_file,
    cast(bill_of_resources.source_line as bigint) as source_line,
    cast(bill_of_resources.resource_id as varchar) as value
from bill_of_resources
left join resources on bill_of_resources.resource_id = resources.resource_id
where
    bill_of_resources.resource_id is not null
    and exists (select 1 from resources)
    and resources.resource_id is null
