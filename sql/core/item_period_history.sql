-- One row per item of a family and period from its first demand to the current one, gaps filled with 0, in the item's unit.
with items as (
    select * from core.items where family_id is not null
),

families as (
    select * from core.families
),

periods as (
    select * from core.periods where periods_from_now <= 0
),

item_stock as (
    select * from core.item_stock where is_closing
),

closing_periods as (
    select distinct period_start from core.snapshot_sites where is_closing
),

by_period as (
    select
        item_flows.item_id,
        item_flows.period_start,
        sum(cast(
            case when families.production_strategy = 'make_to_stock' then item_flows.demand_quantity else item_flows.booked_quantity end
            as decimal(38, 6)
        )) as demand_quantity,
        sum(cast(item_flows.booked_quantity as decimal(38, 6))) as booked_quantity,
        sum(cast(item_flows.shipped_quantity as decimal(38, 6))) as shipped_quantity
    from core.item_flows
    inner join families on item_flows.family_id = families.family_id
    group by item_flows.item_id, item_flows.period_start
),

first_demand as (
    select
        item_id,
        min(period_start) as first_period
    from by_period
    where demand_quantity <> 0
    group by item_id
),

spine as (
    select
        items.item_id,
        items.family_id,
        periods.period_start,
        periods.periods_from_now
    from first_demand
    inner join items using (item_id)
    inner join periods on first_demand.first_period <= periods.period_start
)

select
    cast(spine.item_id as varchar) as item_id,
    cast(spine.family_id as varchar) as family_id,
    cast(spine.period_start as date) as period_start,
    cast(spine.periods_from_now as bigint) as periods_from_now,
    cast(coalesce(by_period.demand_quantity, 0) as double) as demand_quantity,
    cast(coalesce(by_period.booked_quantity, 0) as double) as booked_quantity,
    cast(coalesce(by_period.shipped_quantity, 0) as double) as shipped_quantity,
    -- an item that a complete snapshot does not name has no stock
    cast(case when closing_periods.period_start is not null then coalesce(item_stock.stock_quantity, 0) end as double) as closing_inventory_quantity
from spine
left join by_period on spine.item_id = by_period.item_id and spine.period_start = by_period.period_start
left join closing_periods on spine.period_start = closing_periods.period_start
left join item_stock on spine.item_id = item_stock.item_id and spine.period_start = item_stock.period_start
order by spine.item_id, spine.period_start
