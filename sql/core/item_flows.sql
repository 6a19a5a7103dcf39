-- One row per item and day on which something moved before the as-of date, in the item's unit.
with items as (
    select * from core.items
),

periods as (
    select * from core.periods where periods_from_now <= 0
),

-- one row per fact; the columns that a fact does not speak of are empty
demanded as (
    select item_id, demand_date as flow_date, cast(net_quantity as decimal(38, 6)) as demand_quantity
    from core.order_lines
    where demand_date < $as_of_date
),

booked as (
    select item_id, order_date as flow_date, cast(net_quantity as decimal(38, 6)) as booked_quantity from core.order_lines
    union all by name
    select item_id, ship_date as flow_date, cast(unordered_quantity as decimal(38, 6)) as booked_quantity from core.unordered_deliveries
),

shipped as (
    select
        item_id,
        ship_date as flow_date,
        cast(shipped_quantity as decimal(38, 6)) as shipped_quantity,
        cast(revenue_amount as decimal(38, 6)) as revenue_amount,
        cast(revenue_budget_rate_amount as decimal(38, 6)) as revenue_budget_rate_amount,
        revenue_amount is null as is_revenue_missing,
        revenue_budget_rate_amount is null as is_budget_revenue_missing
    from core.shipment_lines
),

produced as (
    select item_id, completion_date as flow_date, cast(good_quantity as decimal(38, 6)) as production_quantity
    from staging.production_history
    where completion_date < $as_of_date
),

received as (
    select
        receipts.item_id,
        receipts.received_date as flow_date,
        case when items.sourcing = 'make' then cast(receipts.quantity as decimal(38, 6)) end as subcontract_quantity,
        case when items.sourcing = 'buy' then cast(receipts.quantity as decimal(38, 6)) end as purchase_quantity
    from staging.purchase_receipts as receipts
    inner join items using (item_id)
    where receipts.received_date < $as_of_date
),

issued as (
    select item_id, issue_date as flow_date, cast(issued_quantity as decimal(38, 6)) as issued_quantity, is_derived as is_issued_derived
    from core.component_issues
),

moved as (
    select item_id, movement_date as flow_date, cast(quantity as decimal(38, 6)) as other_movement_quantity
    from staging.inventory_movements
    where
        movement_date < $as_of_date
        -- transfers cancel over all sites; a change of status moves nothing
        and movement_type in ('adjustment', 'scrap', 'sample', 'return', 'other')
),

facts as (
    select * from demanded
    union all by name
    select * from booked
    union all by name
    select * from shipped
    union all by name
    select * from produced
    union all by name
    select * from received
    union all by name
    select * from issued
    union all by name
    select * from moved
),

daily as (
    select
        item_id,
        flow_date,
        coalesce(sum(demand_quantity), 0) as demand_quantity,
        coalesce(sum(booked_quantity), 0) as booked_quantity,
        coalesce(sum(shipped_quantity), 0) as shipped_quantity,
        coalesce(sum(production_quantity), 0) as production_quantity,
        coalesce(sum(subcontract_quantity), 0) as subcontract_quantity,
        coalesce(sum(purchase_quantity), 0) as purchase_quantity,
        coalesce(sum(issued_quantity), 0) as issued_quantity,
        coalesce(sum(other_movement_quantity), 0) as other_movement_quantity,
        -- money that is missing is no zero; a day without shipments has none
        case when coalesce(bool_and(is_revenue_missing), false) then null else coalesce(sum(revenue_amount), 0) end as revenue_amount,
        case when coalesce(bool_and(is_budget_revenue_missing), false) then null else coalesce(sum(revenue_budget_rate_amount), 0) end
            as revenue_budget_rate_amount,
        coalesce(bool_or(is_issued_derived), false) as is_issued_derived
    from facts
    group by item_id, flow_date
)

select
    cast(daily.item_id as varchar) as item_id,
    cast(items.family_id as varchar) as family_id,
    cast(daily.flow_date as date) as flow_date,
    cast(periods.period_start as date) as period_start,
    cast(daily.demand_quantity as double) as demand_quantity,
    cast(daily.booked_quantity as double) as booked_quantity,
    cast(daily.shipped_quantity as double) as shipped_quantity,
    cast(daily.production_quantity as double) as production_quantity,
    cast(daily.subcontract_quantity as double) as subcontract_quantity,
    cast(daily.purchase_quantity as double) as purchase_quantity,
    cast(daily.issued_quantity as double) as issued_quantity,
    cast(daily.other_movement_quantity as double) as other_movement_quantity,
    cast(daily.revenue_amount as double) as revenue_amount,
    cast(daily.revenue_budget_rate_amount as double) as revenue_budget_rate_amount,
    cast(daily.is_issued_derived as boolean) as is_issued_derived
from daily
inner join items using (item_id)
asof inner join periods on daily.flow_date >= periods.period_start
where daily.flow_date <= periods.period_end
order by daily.item_id, daily.flow_date
