-- One row per item of a family and period in which its listed price changed, the changes of a period multiplied.
with prices as (
    select
        item_id,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        currency,
        net_price / per_quantity as unit_price
    from staging.prices
    where net_price > 0
),

items as (
    select * from core.items where family_id is not null
),

periods as (
    select * from core.periods
),

-- a change of currency is no change of price
steps as (
    select
        *,
        unit_price / lag(unit_price) over (partition by item_id, currency order by valid_from) as price_ratio
    from prices
)

select
    cast(steps.item_id as varchar) as item_id,
    cast(items.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(product(steps.price_ratio order by steps.valid_from) as double) as price_ratio,
    -- of several changes the last one says from when the new price holds
    cast((periods.period_end - max(steps.valid_from) + 1) / (periods.period_end - periods.period_start + 1) as double) as day_share_ratio
from steps
inner join items on steps.item_id = items.item_id
inner join periods on steps.valid_from between periods.period_start and periods.period_end
where steps.price_ratio <> 1
group by steps.item_id, items.family_id, periods.period_start, periods.period_end
order by steps.item_id, periods.period_start
