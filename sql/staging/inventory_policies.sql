-- One row per item or family and validity date: management's objective for inventory or backlog.
with received as (
    select * from raw.inventory_policies
)

select
    item_id,
    family_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    try_cast(target_days_of_supply as decimal(18, 4)) as target_days_of_supply,
    try_cast(target_quantity as decimal(18, 4)) as target_quantity,
    try_cast(minimum_days_of_supply as decimal(18, 4)) as minimum_days_of_supply,
    try_cast(maximum_days_of_supply as decimal(18, 4)) as maximum_days_of_supply,
    case when isfinite(try_cast(service_level as double)) then try_cast(service_level as double) end as service_level,
    try_cast(target_backlog_days as decimal(18, 4)) as target_backlog_days,
    source_file,
    cast(source_line as bigint) as source_line
from received
