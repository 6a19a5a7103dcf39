-- One row per order line whose unit price is twenty times, or a twentieth of, the usual one of its item.
-- severity: warning
-- owner: team:sales
-- column: net_unit_price
-- hint: Check per_quantity: a price per 100 needs per_quantity 100.
with sales_orders as (
    select * from staging.sales_orders
    where order_type = 'standard' and net_unit_price > 0
),

priced as (
    select
        *,
        cast(net_unit_price as double) / cast(per_quantity as double) as unit_price
    from sales_orders
),

usual as (
    select
        item_id,
        currency,
        coalesce(unit_of_measure, '') as unit,
        median(unit_price) as usual_price
    from priced
    group by item_id, currency, coalesce(unit_of_measure, '')
    having count(*) >= 5
)

select
    cast(priced.source_file as varchar) as source_file,
    cast(priced.source_line as bigint) as source_line,
    cast(round(priced.unit_price, 4) || ', usually ' || round(usual.usual_price, 4) as varchar) as value
from priced
inner join usual
    on
        priced.item_id = usual.item_id
        and priced.currency = usual.currency
        and coalesce(priced.unit_of_measure, '') = usual.unit
where
    priced.unit_price > 20 * usual.usual_price
    or priced.unit_price < usual.usual_price / 20
