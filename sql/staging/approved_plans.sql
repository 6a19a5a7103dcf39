-- One row per cycle, family and period of a plan that was approved elsewhere.
with received as (
    select * from raw.approved_plans
)

select
    cycle_id,
    family_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    case when isfinite(try_cast(approved_on as date)) then try_cast(approved_on as date) end as approved_on,
    try_cast(demand_quantity as decimal(18, 4)) as demand_quantity,
    try_cast(production_quantity as decimal(18, 4)) as production_quantity,
    try_cast(closing_inventory_quantity as decimal(18, 4)) as closing_inventory_quantity,
    try_cast(closing_backlog_quantity as decimal(18, 4)) as closing_backlog_quantity,
    try_cast(revenue as decimal(18, 4)) as revenue,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
