-- One row per item, site and period: what open work and purchase orders will bring, in the item's unit; late ones now.
with open_work_orders as (
    select * from staging.open_work_orders
),

open_purchase_orders as (
    select * from staging.open_purchase_orders
),

items as (
    select * from core.items
),

unit_factors as (
    select * from core.unit_factors
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

orders as (
    select
        open_work_orders.item_id,
        open_work_orders.site_id,
        greatest(open_work_orders.due_date, cast($as_of_date as date)) as planned_date,
        cast(open_work_orders.remaining_quantity as decimal(38, 6)) as work_order_quantity,
        -- a released order has taken its components
        case when open_work_orders.work_order_status <> 'released' then cast(open_work_orders.remaining_quantity as decimal(38, 6)) end
            as unissued_work_order_quantity,
        null as purchase_order_quantity
    from open_work_orders
    semi join items on open_work_orders.item_id = items.item_id
    union all
    select
        open_purchase_orders.item_id,
        open_purchase_orders.site_id,
        greatest(coalesce(open_purchase_orders.confirmed_date, open_purchase_orders.due_date), cast($as_of_date as date)) as planned_date,
        null as work_order_quantity,
        null as unissued_work_order_quantity,
        cast(open_purchase_orders.open_quantity * unit_factors.factor as decimal(38, 6)) as purchase_order_quantity
    from open_purchase_orders
    inner join items on open_purchase_orders.item_id = items.item_id
    inner join unit_factors
        on
            open_purchase_orders.item_id = unit_factors.item_id
            and coalesce(open_purchase_orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
)

select
    cast(orders.item_id as varchar) as item_id,
    cast(coalesce(nullif(orders.site_id, '*'), '') as varchar) as site_id,
    cast(periods.period_start as date) as period_start,
    cast(coalesce(sum(orders.work_order_quantity), 0) as double) as work_order_quantity,
    cast(coalesce(sum(orders.unissued_work_order_quantity), 0) as double) as unissued_work_order_quantity,
    cast(coalesce(sum(orders.purchase_order_quantity), 0) as double) as purchase_order_quantity
from orders
inner join periods on orders.planned_date between periods.period_start and periods.period_end
group by all
order by item_id, site_id, period_start
