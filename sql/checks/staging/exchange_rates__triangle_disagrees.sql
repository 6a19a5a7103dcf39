-- One row per rate that differs by more than 0.5 % from the way through a third currency on the same day.
-- severity: warning
-- owner: team:finance
-- column: rate
-- hint: Correct one of the three rates.
with exchange_rates as (
    select * from staging.exchange_rates
),

first_legs as (
    select * from staging.exchange_rates
),

second_legs as (
    select * from staging.exchange_rates
)

select
    cast(exchange_rates.source_file as varchar) as source_file,
    cast(exchange_rates.source_line as bigint) as source_line,
    cast(
        exchange_rates.rate || ', through ' || first_legs.to_currency || ' ' || round(first_legs.rate * second_legs.rate, 6) as varchar
    ) as value
from exchange_rates
inner join first_legs
    on
        exchange_rates.from_currency = first_legs.from_currency
        and exchange_rates.rate_type = first_legs.rate_type
        and exchange_rates.valid_from = first_legs.valid_from
        and exchange_rates.to_currency <> first_legs.to_currency
inner join second_legs
    on
        first_legs.to_currency = second_legs.from_currency
        and exchange_rates.to_currency = second_legs.to_currency
        and exchange_rates.rate_type = second_legs.rate_type
        and exchange_rates.valid_from = second_legs.valid_from
where abs(first_legs.rate * second_legs.rate / exchange_rates.rate - 1) > 0.005
