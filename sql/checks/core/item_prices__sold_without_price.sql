-- One row per item with demand in the last season and no price now, listed or derived: its money is not supplied.
-- severity: warning
-- owner: team:finance
-- hint: Send the item with prices; its quantities are planned all the same.
with item_prices as (
    select item_prices.item_id
    from core.item_prices
    inner join core.periods using (period_start)
    where periods.periods_from_now = 0
),

demanded as (
    select
        item_period_history.item_id,
        any_value(item_period_history.family_id) as family_id,
        sum(cast(item_period_history.demand_quantity as decimal(38, 6))) as demand_quantity
    from core.item_period_history
    inner join core.periods using (period_start)
    where item_period_history.periods_from_now >= -periods.season_length_periods
    group by item_period_history.item_id
)

select
    cast(demanded.item_id as varchar) as item_id,
    cast(demanded.family_id as varchar) as family_id,
    cast(demanded.demand_quantity as double) as demand_quantity
from demanded
anti join item_prices using (item_id)
where demanded.demand_quantity > 0
order by demanded.item_id
