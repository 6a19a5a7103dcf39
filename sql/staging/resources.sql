-- One row per resource.
with received as (
    select * replace (
        coalesce(is_critical, 'true') as is_critical,
        coalesce(number_of_units, '1') as number_of_units
    )
    from raw.resources
)

select
    resource_id,
    resource_name,
    site_id,
    resource_type,
    capacity_unit,
    try_cast(is_critical as boolean) as is_critical,
    try_cast(number_of_units as decimal(18, 4)) as number_of_units,
    try_cast(hours_per_day as decimal(18, 4)) as hours_per_day,
    case when isfinite(try_cast(overtime_ratio as double)) then try_cast(overtime_ratio as double) end as overtime_ratio,
    case when isfinite(try_cast(efficiency_ratio as double)) then try_cast(efficiency_ratio as double) end as efficiency_ratio,
    case when isfinite(try_cast(utilisation_ratio as double)) then try_cast(utilisation_ratio as double) end as utilisation_ratio,
    try_cast(demonstrated_capacity_per_day as decimal(18, 4)) as demonstrated_capacity_per_day,
    try_cast(months_to_add_capacity as decimal(18, 4)) as months_to_add_capacity,
    source_file,
    cast(source_line as bigint) as source_line
from received
