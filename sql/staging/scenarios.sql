-- One row per scenario and line; the base scenario has none.
with received as (
    select * from raw.scenarios
)

select
    scenario_id,
    line,
    scenario_name,
    measure,
    family_id,
    resource_id,
    case when isfinite(try_cast(period_from as date)) then try_cast(period_from as date) end as period_from,
    case when isfinite(try_cast(period_to as date)) then try_cast(period_to as date) end as period_to,
    case when isfinite(try_cast(factor as double)) then try_cast(factor as double) end as factor,
    case when isfinite(try_cast(change as double)) then try_cast(change as double) end as change,
    source_file,
    cast(source_line as bigint) as source_line
from received
