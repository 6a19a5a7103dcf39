-- One row per submission, author, item or family, customer group and period.
with received as (
    select * from raw.sales_forecasts
)

select
    case when isfinite(try_cast(submitted_on as date)) then try_cast(submitted_on as date) end as submitted_on,
    author,
    item_id,
    family_id,
    customer_group,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    try_cast(quantity as decimal(18, 4)) as quantity,
    reason,
    source_file,
    cast(source_line as bigint) as source_line
from received
