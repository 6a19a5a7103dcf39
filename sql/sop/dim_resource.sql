-- One row per resource.
with
resources as (select * from core.resources)
select
    resource_id::varchar as resource_id,
    resource_name::varchar as resource_name,
    site_id::varchar as site_id,
    resource_type::varchar as resource_type,
    capacity_unit::varchar as capacity_unit,
    is_critical::boolean as is_critical,
    is_stock_based::boolean as is_stock_based,
    is_storable::boolean as is_storable
from resources
