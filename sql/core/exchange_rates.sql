-- One row per currency, rate type and first day of validity, to the reporting currency; the reporting currency itself at 1.
with stated_rates as (
    select * from staging.exchange_rates
    -- an actual rate is a fact, a budget rate may lie ahead
    where rate_type = 'budget' or valid_from < $as_of_date
),

both_directions as (
    select
        from_currency as currency,
        rate_type,
        valid_from,
        rate,
        false as is_inverse
    from stated_rates
    where to_currency = $reporting_currency and from_currency <> $reporting_currency
    union all
    select
        to_currency as currency,
        rate_type,
        valid_from,
        1 / rate as rate,
        true as is_inverse
    from stated_rates
    where from_currency = $reporting_currency and to_currency <> $reporting_currency
),

one_direction as (
    select
        currency,
        rate_type,
        valid_from,
        rate
    from both_directions
    qualify row_number() over (partition by currency, rate_type, valid_from order by is_inverse) = 1
),

rates as (
    select * from one_direction
    union all
    select
        $reporting_currency as currency,
        unnest(['actual', 'budget']) as rate_type,
        date '1900-01-01' as valid_from,
        1 as rate
)

select
    cast(currency as varchar) as currency,
    cast(rate_type as varchar) as rate_type,
    cast(valid_from as date) as valid_from,
    cast(coalesce(lead(valid_from) over (partition by currency, rate_type order by valid_from) - 1, date '9999-12-31') as date) as valid_to,
    cast(rate as double) as rate
from rates
order by currency, rate_type, valid_from
