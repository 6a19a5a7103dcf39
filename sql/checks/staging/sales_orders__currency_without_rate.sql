-- One row per order line in a currency without a rate on its day.
-- severity: error
-- owner: team:sales
-- column: currency
-- hint: Send a rate to the reporting currency that holds on this day with exchange_rates, or correct the currency.
with sales_orders as (
    select * from staging.sales_orders
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
    cast(sales_orders.source_file as varchar) as source_file,
    cast(sales_orders.source_line as bigint) as source_line,
    cast(sales_orders.currency || ' on ' || sales_orders.order_date as varchar) as value
from sales_orders
left join first_rates using (currency)
where
    sales_orders.currency <> $reporting_currency
    and (first_rates.first_day is null or first_rates.first_day > least(sales_orders.order_date, cast($as_of_date as date) - 1))
