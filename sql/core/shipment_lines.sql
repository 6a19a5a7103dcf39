-- One row per delivered line shipped before the as-of date.
with extract_status as (
    select coalesce(bool_or(status in ('fresh', 'stale')), false) as are_shipments_supplied
    from staging.extract_status
    where extract = 'shipments'
),

shipments as (
    select
        shipment_id,
        shipment_line,
        order_id,
        order_line,
        '' as schedule_line,
        item_id,
        ship_date,
        shipped_quantity,
        unit_of_measure,
        net_amount,
        currency,
        false as is_derived
    from staging.shipments
    cross join extract_status
    where are_shipments_supplied
),

-- without shipments an order line is one delivery; a closed line that states no quantity was delivered as ordered
shipped_order_lines as (
    select
        order_id as shipment_id,
        concat_ws('/', order_line, nullif(schedule_line, '*')) as shipment_line,
        order_id,
        order_line,
        coalesce(nullif(schedule_line, '*'), '') as schedule_line,
        item_id,
        coalesce(last_ship_date, case when requested_date < $as_of_date then requested_date end, order_date) as ship_date,
        case when order_type = 'return' then -1 else 1 end
        * coalesce(
            shipped_quantity,
            case when order_status = 'closed' then greatest(ordered_quantity - coalesce(cancelled_quantity, 0), 0) end,
            0
        ) as shipped_quantity,
        unit_of_measure,
        net_unit_price,
        per_quantity,
        currency
    from staging.sales_orders
    cross join extract_status
    where not are_shipments_supplied
),

deliveries as (
    select * from shipments
    union all
    select
        shipment_id,
        shipment_line,
        order_id,
        order_line,
        schedule_line,
        item_id,
        ship_date,
        shipped_quantity,
        unit_of_measure,
        shipped_quantity * net_unit_price / per_quantity as net_amount,
        currency,
        true as is_derived
    from shipped_order_lines
    where shipped_quantity <> 0
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

budget_rates as (
    select * from core.exchange_rates where rate_type = 'budget'
),

converted as (
    select
        deliveries.*,
        items.family_id,
        unit_factors.factor
    from deliveries
    inner join items using (item_id)
    inner join unit_factors
        on deliveries.item_id = unit_factors.item_id and coalesce(deliveries.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    where deliveries.ship_date < $as_of_date
)

select
    cast(converted.shipment_id as varchar) as shipment_id,
    cast(converted.shipment_line as varchar) as shipment_line,
    cast(converted.order_id as varchar) as order_id,
    cast(converted.order_line as varchar) as order_line,
    cast(converted.schedule_line as varchar) as schedule_line,
    cast(converted.item_id as varchar) as item_id,
    cast(converted.family_id as varchar) as family_id,
    cast(converted.ship_date as date) as ship_date,
    cast(converted.shipped_quantity * converted.factor as double) as shipped_quantity,
    cast(converted.net_amount * actual_rates.rate as double) as revenue_amount,
    cast(converted.net_amount * budget_rates.rate as double) as revenue_budget_rate_amount,
    cast(converted.is_derived as boolean) as is_derived
from converted
asof left join actual_rates on converted.currency = actual_rates.currency and converted.ship_date >= actual_rates.valid_from
asof left join budget_rates on converted.currency = budget_rates.currency and converted.ship_date >= budget_rates.valid_from
order by converted.shipment_id, converted.shipment_line
