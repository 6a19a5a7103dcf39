-- One row per pair of currencies, rate type and validity date.
with received as (
    select * from raw.exchange_rates
)

select
    from_currency,
    to_currency,
    rate_type,
    case when isfinite(try_cast(valid_from as date)) then try_cast(valid_from as date) end as valid_from,
    case when isfinite(try_cast(rate as double)) then try_cast(rate as double) end as rate,
    source_file,
    cast(source_line as bigint) as source_line
from received
