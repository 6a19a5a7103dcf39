-- One row per item.
with received as (
    select * replace (
        coalesce(planning_units_per_unit, '1') as planning_units_per_unit
    )
    from raw.items
)

select
    item_id,
    item_name,
    item_type,
    family_id,
    unit_of_measure,
    case when isfinite(try_cast(planning_units_per_unit as double)) then try_cast(planning_units_per_unit as double) end as planning_units_per_unit,
    sourcing,
    lifecycle,
    case when isfinite(try_cast(introduction_date as date)) then try_cast(introduction_date as date) end as introduction_date,
    case when isfinite(try_cast(phase_out_date as date)) then try_cast(phase_out_date as date) end as phase_out_date,
    successor_item_id,
    case when try_cast(lead_time_days as decimal(38, 9)) % 1 = 0 then try_cast(lead_time_days as bigint) end as lead_time_days,
    try_cast(lot_minimum as decimal(18, 4)) as lot_minimum,
    try_cast(lot_multiple as decimal(18, 4)) as lot_multiple,
    case when isfinite(try_cast(storage_volume_m3 as double)) then try_cast(storage_volume_m3 as double) end as storage_volume_m3,
    case when isfinite(try_cast(storage_pallets as double)) then try_cast(storage_pallets as double) end as storage_pallets,
    case when try_cast(shelf_life_days as decimal(38, 9)) % 1 = 0 then try_cast(shelf_life_days as bigint) end as shelf_life_days,
    source_file,
    cast(source_line as bigint) as source_line
from received
