-- One row per completion report of a production order.
with received as (
    select * from raw.production_history
)

select
    production_id,
    item_id,
    site_id,
    case when isfinite(try_cast(completion_date as date)) then try_cast(completion_date as date) end as completion_date,
    try_cast(good_quantity as decimal(18, 4)) as good_quantity,
    try_cast(scrap_quantity as decimal(18, 4)) as scrap_quantity,
    try_cast(machine_hours as decimal(18, 4)) as machine_hours,
    try_cast(labour_hours as decimal(18, 4)) as labour_hours,
    source_file,
    cast(source_line as bigint) as source_line
from received
