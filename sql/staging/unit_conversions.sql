-- One row per item and pair of units; without an item it holds for all items.
with received as (
    select * from raw.unit_conversions
)

select
    item_id,
    from_unit,
    to_unit,
    case when isfinite(try_cast(factor as double)) then try_cast(factor as double) end as factor,
    source_file,
    cast(source_line as bigint) as source_line
from received
