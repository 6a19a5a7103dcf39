-- One row per family or item, resource and validity date.
with received as (
    select * from raw.bill_of_resources
)

select
    family_id,
    item_id,
    resource_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(usage_per_unit as double)) then try_cast(usage_per_unit as double) end as usage_per_unit,
    case when try_cast(lead_time_offset_periods as decimal(38, 9)) % 1 = 0 then try_cast(lead_time_offset_periods as bigint) end as lead_time_offset_periods,
    source_file,
    cast(source_line as bigint) as source_line
from received
