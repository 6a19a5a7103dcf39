-- One row per version, level, family or product group, item and period.
with received as (
    select * replace (
        coalesce(plan_level, 'annual') as plan_level,
        coalesce(period_months, '1') as period_months
    )
    from raw.business_plan
)

select
    version,
    plan_level,
    family_id,
    product_group,
    item_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    case when try_cast(period_months as decimal(38, 9)) % 1 = 0 then try_cast(period_months as bigint) end as period_months,
    try_cast(quantity as decimal(18, 4)) as quantity,
    try_cast(revenue as decimal(18, 4)) as revenue,
    try_cast(gross_margin as decimal(18, 4)) as gross_margin,
    try_cast(inventory_value as decimal(18, 4)) as inventory_value,
    currency,
    case when isfinite(try_cast(approved_on as date)) then try_cast(approved_on as date) end as approved_on,
    source_file,
    cast(source_line as bigint) as source_line
from received
