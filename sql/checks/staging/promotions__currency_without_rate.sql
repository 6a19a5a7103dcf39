-- One row per promotion in a currency without a rate on its day.
-- severity: error
-- owner: team:marketing
-- column: currency
-- hint: Send a rate to the reporting currency that holds on this day with exchange_rates, or correct the currency.
with promotions as (
    select * from staging.promotions
),

-- a rate holds until the next one, so the first of a currency says from when there is one
stated as (
    select from_currency as currency, valid_from
    from staging.exchange_rates
    where to_currency = $reporting_currency and rate_type in ('actual')
    union all
    select to_currency as currency, valid_from
    from staging.exchange_rates
    where from_currency = $reporting_currency and rate_type in ('actual')
),

first_rates as (
    select
        currency,
        min(valid_from) as first_day
    from stated
    group by currency
)

select
    cast(promotions.source_file as varchar) as source_file,
    cast(promotions.source_line as bigint) as source_line,
    cast(promotions.currency || ' on ' || promotions.start_date as varchar) as value
from promotions
left join first_rates using (currency)
where
    promotions.currency <> $reporting_currency
    and (first_rates.first_day is null or first_rates.first_day > least(promotions.start_date, cast($as_of_date as date) - 1))
