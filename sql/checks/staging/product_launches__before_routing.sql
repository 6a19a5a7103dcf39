-- One row per launch of a made item without a routing that holds on the launch date.
-- severity: warning
-- owner: team:marketing
-- column: launch_date
-- hint: Send the routing with routings, valid from the launch date or before.
with product_launches as (
    select * from staging.product_launches
),

made as (
    select item_id
    from staging.items
    where sourcing = 'make' and exists (select 1 from staging.routings)
),

routed as (
    select
        item_id,
        min(coalesce(valid_from, date '0001-01-01')) as first_day
    from staging.routings
    group by item_id
)

select
    cast(product_launches.source_file as varchar) as source_file,
    cast(product_launches.source_line as bigint) as source_line,
    cast(product_launches.launch_date as varchar) as value
from product_launches
inner join made using (item_id)
left join routed using (item_id)
where routed.first_day is null or routed.first_day > product_launches.launch_date
