-- One row per approved plan row in a currency without a rate on its day.
-- severity: error
-- owner: team:planning
-- column: currency
-- hint: Send a rate to the reporting currency that holds on this day with exchange_rates, or correct the currency.
with approved_plans as (
    select * from staging.approved_plans
),

-- a rate holds until the next one, so the first of a currency says from when there is one
stated as (
    select from_currency as currency, valid_from
    from staging.exchange_rates
    where to_currency = $reporting_currency and rate_type in ('actual', 'budget')
    union all
    select to_currency as currency, valid_from
    from staging.exchange_rates
    where from_currency = $reporting_currency and rate_type in ('actual', 'budget')
),

first_rates as (
    select
        currency,
        min(valid_from) as first_day
    from stated
    group by currency
)

select
    cast(approved_plans.source_file as varchar) as source_file,
    cast(approved_plans.source_line as bigint) as source_line,
    cast(approved_plans.currency || ' on ' || approved_plans.period_start as varchar) as value
from approved_plans
left join first_rates using (currency)
where
    approved_plans.currency <> $reporting_currency
    and (first_rates.first_day is null or first_rates.first_day > least(approved_plans.period_start, cast($as_of_date as date) - 1))
