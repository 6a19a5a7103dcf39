-- One row per item that is launched.
with received as (
    select * from raw.product_launches
)

select
    item_id,
    case when isfinite(try_cast(launch_date as date)) then try_cast(launch_date as date) end as launch_date,
    like_item_id,
    case when isfinite(try_cast(like_item_scale as double)) then try_cast(like_item_scale as double) end as like_item_scale,
    case when try_cast(ramp_periods as decimal(38, 9)) % 1 = 0 then try_cast(ramp_periods as bigint) end as ramp_periods,
    try_cast(expected_period_quantity as decimal(18, 4)) as expected_period_quantity,
    confidence,
    source_file,
    cast(source_line as bigint) as source_line
from received
