-- One row per shipment line that delivers more than its order line, or delivers without an order, or takes goods back.
with shipment_lines as (
    select * from core.shipment_lines
),

order_lines as (
    select * from core.order_lines
),

-- deliveries that name no order at all cannot be told from those of orders: the order lines say what was shipped
shipping as (
    select
        coalesce(bool_or(is_derived), false) as is_derived,
        coalesce(bool_or(order_id is not null), false) as are_orders_named
    from shipment_lines
),

ordered as (
    select
        order_id,
        order_line,
        item_id,
        case when is_derived then schedule_line else '' end as schedule_line,
        sum(cast(net_quantity as decimal(38, 6))) as net_quantity
    from order_lines
    cross join shipping
    group by all
),

delivered as (
    select
        *,
        sum(cast(shipped_quantity as decimal(38, 6))) over (
            partition by order_id, order_line, schedule_line, item_id
            order by ship_date, shipment_id, shipment_line
            rows between unbounded preceding and current row
        ) as delivered_quantity
    from shipment_lines
    where shipped_quantity > 0
),

exceeding as (
    select
        delivered.shipment_id,
        delivered.shipment_line,
        delivered.item_id,
        delivered.ship_date,
        case
            when not shipping.are_orders_named then 0
            when ordered.net_quantity is null then cast(delivered.shipped_quantity as decimal(38, 6))
            else
                greatest(delivered.delivered_quantity - ordered.net_quantity, 0)
                - greatest(delivered.delivered_quantity - cast(delivered.shipped_quantity as decimal(38, 6)) - ordered.net_quantity, 0)
        end as unordered_quantity
    from delivered
    cross join shipping
    left join ordered
        on
            delivered.order_id = ordered.order_id
            and delivered.order_line = ordered.order_line
            and delivered.schedule_line = ordered.schedule_line
            and delivered.item_id = ordered.item_id
    union all
    -- goods taken back reopen no order
    select
        shipment_id,
        shipment_line,
        item_id,
        ship_date,
        cast(shipped_quantity as decimal(38, 6)) as unordered_quantity
    from shipment_lines
    where shipped_quantity < 0
)

select
    cast(shipment_id as varchar) as shipment_id,
    cast(shipment_line as varchar) as shipment_line,
    cast(item_id as varchar) as item_id,
    cast(ship_date as date) as ship_date,
    cast(unordered_quantity as double) as unordered_quantity
from exceeding
where unordered_quantity <> 0
order by shipment_id, shipment_line
