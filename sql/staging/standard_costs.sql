-- One row per item and validity date.
with received as (
    select * replace (
        coalesce(per_quantity, '1') as per_quantity
    )
    from raw.standard_costs
)

select
    item_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    try_cast(material_cost as decimal(18, 4)) as material_cost,
    try_cast(labour_cost as decimal(18, 4)) as labour_cost,
    try_cast(overhead_cost as decimal(18, 4)) as overhead_cost,
    try_cast(total_cost as decimal(18, 4)) as total_cost,
    currency,
    try_cast(per_quantity as decimal(18, 4)) as per_quantity,
    source_file,
    cast(source_line as bigint) as source_line
from received
