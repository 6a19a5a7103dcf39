-- One row per movement line.
with received as (
    select * from raw.inventory_movements
)

select
    movement_id,
    movement_line,
    item_id,
    site_id,
    case when isfinite(try_cast(movement_date as date)) then try_cast(movement_date as date) end as movement_date,
    movement_type,
    try_cast(quantity as decimal(18, 4)) as quantity,
    source_file,
    cast(source_line as bigint) as source_line
from received
