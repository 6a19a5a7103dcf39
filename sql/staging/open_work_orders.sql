-- One row per work order that is not complete.
with received as (
    select * from raw.open_work_orders
)

select
    work_order_id,
    item_id,
    site_id,
    try_cast(remaining_quantity as decimal(18, 4)) as remaining_quantity,
    case when isfinite(try_cast(due_date as date)) then try_cast(due_date as date) end as due_date,
    work_order_status,
    source_file,
    cast(source_line as bigint) as source_line
from received
