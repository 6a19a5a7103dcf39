-- One row per standard order line, or schedule line where the line is split, ordered before the as-of date.
with orders as (
    select
        order_id,
        order_line,
        coalesce(nullif(schedule_line, '*'), '') as schedule_line,
        item_id,
        customer_id,
        order_date,
        coalesce(requested_date, order_date) as demand_date,
        coalesce(promised_date, requested_date, order_date) as due_date,
        last_ship_date,
        unit_of_measure,
        net_unit_price,
        per_quantity,
        currency,
        order_status in ('closed', 'cancelled')
        -- what happened on or after the as-of date has not happened yet
        and not coalesce(last_ship_date >= $as_of_date, false)
        and not coalesce(cancelled_date >= $as_of_date, false) as is_closed,
        order_status,
        greatest(
            ordered_quantity - case when cancelled_date >= $as_of_date then 0 else coalesce(cancelled_quantity, 0) end, 0
        ) as uncancelled_quantity,
        case when last_ship_date >= $as_of_date then 0 else shipped_quantity end as stated_shipped_quantity
    from staging.sales_orders
    where order_type = 'standard' and order_date < $as_of_date
),

extract_status as (
    select coalesce(bool_or(status in ('fresh', 'stale')), false) as are_shipments_supplied
    from staging.extract_status
    where extract = 'shipments'
),

items as (
    select * from core.items
),

unit_factors as (
    select * from core.unit_factors
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

deliveries as (
    select
        order_id,
        order_line,
        item_id,
        cast(sum(cast(shipped_quantity as decimal(38, 6))) as double) as delivered_quantity,
        max(ship_date) as last_delivery_date
    from core.shipment_lines
    where not is_derived and shipped_quantity > 0
    group by order_id, order_line, item_id
),

in_item_units as (
    select
        orders.*,
        items.family_id,
        items.planning_units_per_unit,
        unit_factors.factor,
        orders.uncancelled_quantity * unit_factors.factor as uncancelled_item_quantity,
        coalesce(
            orders.stated_shipped_quantity,
            -- a closed line that states no quantity, in a company without shipments, was delivered as ordered
            case when orders.order_status = 'closed' and not extract_status.are_shipments_supplied then orders.uncancelled_quantity end,
            0
        ) * unit_factors.factor as stated_shipped_item_quantity
    from orders
    cross join extract_status
    inner join items using (item_id)
    inner join unit_factors
        on orders.item_id = unit_factors.item_id and coalesce(orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
),

stacked as (
    select
        *,
        sum(uncancelled_item_quantity) over schedule as stacked_quantity,
        lead(schedule_line) over schedule is null as is_last_schedule_line
    from in_item_units
    window schedule as (
        partition by order_id, order_line, item_id
        order by demand_date, schedule_line
        rows between unbounded preceding and current row
    )
),

-- deliveries name the order line: they fill its schedule lines from the earliest, what exceeds them stays on the last
delivered as (
    select
        stacked.*,
        deliveries.last_delivery_date,
        greatest(
            case
                when is_last_schedule_line then coalesce(delivered_quantity, 0) - (stacked_quantity - uncancelled_item_quantity)
                else least(coalesce(delivered_quantity, 0) - (stacked_quantity - uncancelled_item_quantity), uncancelled_item_quantity)
            end,
            0
        ) as delivered_item_quantity
    from stacked
    left join deliveries
        on
            stacked.order_id = deliveries.order_id
            and stacked.order_line = deliveries.order_line
            and stacked.item_id = deliveries.item_id
),

shipped as (
    select
        *,
        greatest(stated_shipped_item_quantity, delivered_item_quantity) as shipped_item_quantity,
        coalesce(case when last_ship_date < $as_of_date then last_ship_date end, last_delivery_date) as last_day
    from delivered
),

netted as (
    select
        *,
        -- the open rest of a closed line counts as cancelled
        case when is_closed then least(uncancelled_item_quantity, shipped_item_quantity) else uncancelled_item_quantity end as net_item_quantity
    from shipped
)

select
    cast(netted.order_id as varchar) as order_id,
    cast(netted.order_line as varchar) as order_line,
    cast(netted.schedule_line as varchar) as schedule_line,
    cast(netted.item_id as varchar) as item_id,
    cast(netted.family_id as varchar) as family_id,
    cast(netted.customer_id as varchar) as customer_id,
    cast(netted.order_date as date) as order_date,
    cast(netted.demand_date as date) as demand_date,
    cast(netted.due_date as date) as due_date,
    cast(netted.net_item_quantity as double) as net_quantity,
    cast(greatest(netted.net_item_quantity - netted.shipped_item_quantity, 0) as double) as open_quantity,
    cast(netted.shipped_item_quantity as double) as shipped_quantity,
    cast(case when netted.shipped_item_quantity > 0 then netted.last_day end as date) as last_ship_date,
    cast(netted.net_unit_price / netted.per_quantity / netted.factor * actual_rates.rate as double) as net_unit_price_amount,
    cast(netted.planning_units_per_unit as double) as planning_units_per_unit
from netted
asof left join actual_rates on netted.currency = actual_rates.currency and netted.order_date >= actual_rates.valid_from
order by netted.order_id, netted.order_line, netted.schedule_line
