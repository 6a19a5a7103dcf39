-- One row per item and validity date: the net selling price.
with received as (
    select * replace (
        coalesce(per_quantity, '1') as per_quantity
    )
    from raw.prices
)

select
    item_id,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    try_cast(net_price as decimal(18, 4)) as net_price,
    currency,
    try_cast(per_quantity as decimal(18, 4)) as per_quantity,
    source_file,
    cast(source_line as bigint) as source_line
from received
