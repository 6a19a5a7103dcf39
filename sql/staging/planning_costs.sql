-- One row per scope, cost type and validity date.
with received as (
    select * from raw.planning_costs
)

select
    scope,
    scope_id,
    cost_type,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(value as double)) then try_cast(value as double) end as value,
    currency,
    source_file,
    cast(source_line as bigint) as source_line
from received
