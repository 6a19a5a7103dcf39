-- One row per order line whose shipped quantity is not what shipments say.
-- severity: warning
-- owner: team:sales
-- column: shipped_quantity
-- hint: Find the delivery that is missing or doubled, or correct shipped_quantity.
with sales_orders as (
    select * from staging.sales_orders
),

-- deliveries name the order line, not its schedule lines
lines as (
    select
        order_id,
        order_line,
        item_id,
        unit_of_measure,
        min(source_file) as source_file,
        min(source_line) as source_line,
        sum(cast(coalesce(shipped_quantity, 0) as decimal(38, 4))) as stated_quantity
    from sales_orders
    where order_type = 'standard' and (last_ship_date is null or last_ship_date < $as_of_date)
    group by order_id, order_line, item_id, unit_of_measure
),

delivered as (
    select
        order_id,
        order_line,
        item_id,
        unit_of_measure,
        sum(cast(shipped_quantity as decimal(38, 4))) as delivered_quantity
    from staging.shipments
    where shipped_quantity > 0
    group by order_id, order_line, item_id, unit_of_measure
)

select
    cast(lines.source_file as varchar) as source_file,
    cast(lines.source_line as bigint) as source_line,
    cast(lines.stated_quantity || ', shipments say ' || delivered.delivered_quantity as varchar) as value
from lines
inner join delivered
    on
        lines.order_id = delivered.order_id
        and lines.order_line = delivered.order_line
        and lines.item_id = delivered.item_id
        and lines.unit_of_measure is not distinct from delivered.unit_of_measure
where lines.stated_quantity <> delivered.delivered_quantity
