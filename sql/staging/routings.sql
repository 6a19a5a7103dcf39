-- One row per item, routing and operation.
with received as (
    select * replace (
        coalesce(routing_id, 'main') as routing_id
    )
    from raw.routings
)

select
    item_id,
    routing_id,
    operation,
    resource_id,
    try_cast(setup_hours as decimal(18, 4)) as setup_hours,
    case when isfinite(try_cast(run_hours_per_unit as double)) then try_cast(run_hours_per_unit as double) end as run_hours_per_unit,
    labour_resource_id,
    case when isfinite(try_cast(labour_hours_per_unit as double)) then try_cast(labour_hours_per_unit as double) end as labour_hours_per_unit,
    case when isfinite(try_cast(yield_ratio as double)) then try_cast(yield_ratio as double) end as yield_ratio,
    case when try_cast(lead_time_offset_periods as decimal(38, 9)) % 1 = 0 then try_cast(lead_time_offset_periods as bigint) end as lead_time_offset_periods,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(share_ratio as double)) then try_cast(share_ratio as double) end as share_ratio,
    source_file,
    cast(source_line as bigint) as source_line
from received
