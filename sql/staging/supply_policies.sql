-- One row per family and validity date; a row replaces the whole policy.
with received as (
    select * replace (
        coalesce(subcontract_allowed, 'false') as subcontract_allowed,
        coalesce(lost_sales_allowed, 'false') as lost_sales_allowed
    )
    from raw.supply_policies
)

select
    family_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    strategy,
    try_cast(minimum_production as decimal(18, 4)) as minimum_production,
    try_cast(maximum_production as decimal(18, 4)) as maximum_production,
    try_cast(subcontract_allowed as boolean) as subcontract_allowed,
    try_cast(maximum_backlog_quantity as decimal(18, 4)) as maximum_backlog_quantity,
    try_cast(lost_sales_allowed as boolean) as lost_sales_allowed,
    source_file,
    cast(source_line as bigint) as source_line
from received
