-- One row per parent item, component and validity date.
with received as (
    select * from raw.bill_of_materials
)

select
    parent_item_id,
    component_item_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(valid_to as date)) then try_cast(valid_to as date) end as valid_to,
    case when isfinite(try_cast(quantity_per as double)) then try_cast(quantity_per as double) end as quantity_per,
    case when isfinite(try_cast(scrap_ratio as double)) then try_cast(scrap_ratio as double) end as scrap_ratio,
    case when try_cast(lead_time_offset_days as decimal(38, 9)) % 1 = 0 then try_cast(lead_time_offset_days as bigint) end as lead_time_offset_days,
    source_file,
    cast(source_line as bigint) as source_line
from received
