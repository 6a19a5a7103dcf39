-- One row per assumption.
with received as (
    select * from raw.market_assumptions
)

select
    assumption_id,
    family_id,
    statement,
    case when isfinite(try_cast(period_from as date)) then try_cast(period_from as date) end as period_from,
    case when isfinite(try_cast(period_to as date)) then try_cast(period_to as date) end as period_to,
    case when isfinite(try_cast(effect_ratio as double)) then try_cast(effect_ratio as double) end as effect_ratio,
    case when isfinite(try_cast(probability as double)) then try_cast(probability as double) end as probability,
    owner,
    assumption_status,
    source_file,
    cast(source_line as bigint) as source_line
from received
