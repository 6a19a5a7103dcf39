-- One row per promotion and item or family.
with received as (
    select * from raw.promotions
)

select
    promotion_id,
    item_id,
    family_id,
    case when isfinite(try_cast(start_date as date)) then try_cast(start_date as date) end as start_date,
    case when isfinite(try_cast(end_date as date)) then try_cast(end_date as date) end as end_date,
    promotion_status,
    case when isfinite(try_cast(uplift_ratio as double)) then try_cast(uplift_ratio as double) end as uplift_ratio,
    try_cast(uplift_quantity as decimal(18, 4)) as uplift_quantity,
    case when isfinite(try_cast(pull_forward_ratio as double)) then try_cast(pull_forward_ratio as double) end as pull_forward_ratio,
    try_cast(cost as decimal(18, 4)) as cost,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
