-- One row per item and supplier that may deliver it at the as-of date, in the item's unit.
with supplier_items as (
    select *
    from staging.supplier_items
    where coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by item_id, supplier_id order by valid_from desc nulls last) = 1
),

items as (
    select item_id from core.items
),

rates as (
    select
        *,
        cast($as_of_date as date) - 1 as rate_date
    from supplier_items
    semi join items on supplier_items.item_id = items.item_id
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

priced as (
    select
        rates.*,
        rates.price * actual_rates.rate as price_amount
    from rates
    asof left join actual_rates on rates.currency = actual_rates.currency and rates.rate_date >= actual_rates.valid_from
)

select
    cast(item_id as varchar) as item_id,
    cast(supplier_id as varchar) as supplier_id,
    cast(case
        when max(share_ratio) over item > 0 then coalesce(share_ratio, 0) / cast(sum(cast(share_ratio as decimal(38, 9))) over item as double)
        else 1 / count(*) over item
    end as double) as share_ratio,
    cast(lead_time_days as bigint) as lead_time_days,
    cast(minimum_order_quantity as double) as minimum_order_quantity,
    cast(order_multiple as double) as order_multiple_quantity,
    cast(price_amount as double) as price_amount
from priced
window item as (partition by item_id)
order by item_id, supplier_id
