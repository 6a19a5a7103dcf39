-- One row per rate that differs by more than 0.5 % from the opposite direction on its day.
-- severity: warning
-- owner: team:finance
-- column: rate
-- hint: Correct one of the two rates; their product must be 1.
with exchange_rates as (
    select * from staging.exchange_rates
),

opposite as (
    select
        to_currency as from_currency,
        from_currency as to_currency,
        rate_type,
        valid_from,
        rate as opposite_rate
    from staging.exchange_rates
)

select
    cast(exchange_rates.source_file as varchar) as source_file,
    cast(exchange_rates.source_line as bigint) as source_line,
    cast(exchange_rates.rate || ' and back ' || opposite.opposite_rate as varchar) as value
from exchange_rates
asof inner join opposite
    on
        exchange_rates.from_currency = opposite.from_currency
        and exchange_rates.to_currency = opposite.to_currency
        and exchange_rates.rate_type = opposite.rate_type
        and exchange_rates.valid_from >= opposite.valid_from
where abs(exchange_rates.rate * opposite.opposite_rate - 1) > 0.005
