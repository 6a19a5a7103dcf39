-- One row per resource and period whose capacity is not the usual one.
with received as (
    select * from raw.resource_capacity
)

select
    resource_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    try_cast(regular_capacity as decimal(18, 4)) as regular_capacity,
    try_cast(overtime_capacity as decimal(18, 4)) as overtime_capacity,
    try_cast(planned_downtime as decimal(18, 4)) as planned_downtime,
    source_file,
    cast(source_line as bigint) as source_line
from received
