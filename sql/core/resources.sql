-- One row per resource.
with resources as (
    select * from staging.resources
),

headed as (
    select distinct resource_id from staging.workforce
),

quota_components as (
    select * from core.quota_components
)

select
    cast(resources.resource_id as varchar) as resource_id,
    cast(resources.resource_name as varchar) as resource_name,
    cast(coalesce(nullif(resources.site_id, '*'), '') as varchar) as site_id,
    cast(resources.resource_type as varchar) as resource_type,
    cast(resources.capacity_unit as varchar) as capacity_unit,
    cast(resources.is_critical as boolean) as is_critical,
    cast(resources.resource_type = 'labour' and headed.resource_id is not null as boolean) as is_headcount_based,
    cast(
        (resources.resource_type = 'facility' and resources.capacity_unit in ('m3', 'pallets', 'units'))
        or (resources.resource_type in ('facility', 'material') and regexp_full_match(resources.capacity_unit, '[A-Z]{3}')) as boolean
    ) as is_stock_based,
    cast(resources.resource_type = 'material' and resources.capacity_unit = 'units' as boolean) as is_storable,
    cast(false as boolean) as is_supplier_quota,
    cast(resources.demonstrated_capacity_per_day as double) as demonstrated_capacity_per_day,
    cast(resources.months_to_add_capacity as double) as months_to_add_capacity
from resources
left join headed on resources.resource_id = headed.resource_id
union all
-- a resource of the same name, unlikely as it is, stays the only one of it
select
    quota_components.resource_id,
    quota_components.resource_name,
    '' as site_id,
    'material' as resource_type,
    quota_components.unit_of_measure as capacity_unit,
    true as is_critical,
    false as is_headcount_based,
    false as is_stock_based,
    true as is_storable,
    true as is_supplier_quota,
    null as demonstrated_capacity_per_day,
    null as months_to_add_capacity
from quota_components
anti join resources on quota_components.resource_id = resources.resource_id
order by resource_id
