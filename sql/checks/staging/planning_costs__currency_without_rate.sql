-- One row per planning cost in a currency without a rate on its day.
-- severity: error
-- owner: team:finance
-- column: currency
-- hint: Send a rate to the reporting currency that holds on this day with exchange_rates, or correct the currency.
with planning_costs as (
    select * from staging.planning_costs
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
    cast(planning_costs.source_file as varchar) as source_file,
    cast(planning_costs.source_line as bigint) as source_line,
    cast(planning_costs.currency as varchar) as value
from planning_costs
left join first_rates using (currency)
where
    planning_costs.currency <> $reporting_currency
    and (first_rates.first_day is null or first_rates.first_day > cast($as_of_date as date) - 1)
