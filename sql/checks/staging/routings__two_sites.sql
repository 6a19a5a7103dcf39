-- One row per operation of a routing whose operations stand at two sites.
-- severity: warning
-- owner: team:engineering
-- column: resource_id
-- hint: Make a routing of each site, with share_ratio between them.
with routings as (
    select * from staging.routings
),

resources as (
    select
        resource_id,
        site_id
    from staging.resources
    where site_id is not null
),

placed as (
    select
        routings.*,
        resources.site_id
    from routings
    inner join resources using (resource_id)
),

spread as (
    select
        item_id,
        routing_id,
        string_agg(distinct site_id, ', ' order by site_id) as sites
    from placed
    group by item_id, routing_id
    having count(distinct site_id) > 1
)

select
    cast(placed.source_file as varchar) as source_file,
    cast(placed.source_line as bigint) as source_line,
    cast(spread.sites as varchar) as value
from placed
inner join spread using (item_id, routing_id)
