-- One row per item with a price and period: net selling price of one item unit, in the reporting currency.
with prices as (
    select * from staging.prices
),

-- the price of a period is the one that holds on its first day, of the current period the one that holds today;
-- amounts of the current period and later are at the last actual rate before the as-of date
periods as (
    select
        period_start,
        periods_from_now,
        case when periods_from_now = 0 then cast($as_of_date as date) else period_start end as price_date,
        case when periods_from_now < 0 then period_start else cast($as_of_date as date) - 1 end as rate_date
    from core.periods
),

items as (
    select item_id from core.items
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

budget_rates as (
    select * from core.exchange_rates where rate_type = 'budget'
),

shipment_lines as (
    select * from core.shipment_lines where revenue_amount is not null
),

priced_items as (
    select distinct item_id from prices inner join items using (item_id)
),

item_periods as (
    select
        priced_items.item_id,
        periods.*
    from priced_items
    cross join periods
),

listed as (
    select
        item_periods.item_id,
        item_periods.period_start,
        item_periods.price_date,
        item_periods.rate_date,
        prices.currency,
        prices.net_price / prices.per_quantity as net_price
    from item_periods
    asof join prices on item_periods.item_id = prices.item_id and item_periods.price_date >= prices.valid_from
),

listed_amounts as (
    select
        listed.item_id,
        listed.period_start,
        listed.net_price * actual_rates.rate as net_price_amount,
        listed.net_price * coalesce(budget_rates.rate, actual_rates.rate) as net_price_budget_rate_amount,
        false as is_derived
    from listed
    asof join actual_rates on listed.currency = actual_rates.currency and listed.rate_date >= actual_rates.valid_from
    asof left join budget_rates on listed.currency = budget_rates.currency and listed.price_date >= budget_rates.valid_from
),

last_periods as (
    select min(period_start) as first_day from periods where periods_from_now between -12 and 0
),

-- what no price list names was sold at some price: the average of the last 12 periods stands for the periods to plan
sold as (
    select
        item_id,
        sum(cast(shipped_quantity as decimal(38, 6))) as sold_quantity,
        sum(cast(revenue_amount as decimal(38, 6))) as revenue_amount,
        sum(cast(coalesce(revenue_budget_rate_amount, revenue_amount) as decimal(38, 6))) as revenue_budget_rate_amount
    from shipment_lines
    cross join last_periods
    where ship_date >= first_day and item_id not in (select item_id from priced_items)
    group by item_id
),

derived_amounts as (
    select
        sold.item_id,
        periods.period_start,
        sold.revenue_amount / cast(sold.sold_quantity as double) as net_price_amount,
        sold.revenue_budget_rate_amount / cast(sold.sold_quantity as double) as net_price_budget_rate_amount,
        true as is_derived
    from sold
    cross join periods
    where sold.sold_quantity > 0 and sold.revenue_amount >= 0 and periods.periods_from_now >= 0
),

amounts as (
    select * from listed_amounts
    union all
    select * from derived_amounts
)

select
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(net_price_amount as double) as net_price_amount,
    cast(net_price_budget_rate_amount as double) as net_price_budget_rate_amount,
    cast(is_derived as boolean) as is_derived
from amounts
order by item_id, period_start
