-- One row per shipment line of an item with a standard cost: what it cost on its day, in the reporting currency.
with shipment_lines as (
    select * from core.shipment_lines
),

standard_costs as (
    select * from staging.standard_costs
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

costed as (
    select
        shipment_lines.shipment_id,
        shipment_lines.shipment_line,
        shipment_lines.ship_date,
        shipment_lines.shipped_quantity * standard_costs.total_cost / standard_costs.per_quantity as cost_of_sales,
        standard_costs.currency
    from shipment_lines
    asof join standard_costs on shipment_lines.item_id = standard_costs.item_id and shipment_lines.ship_date >= standard_costs.valid_from
)

select
    cast(costed.shipment_id as varchar) as shipment_id,
    cast(costed.shipment_line as varchar) as shipment_line,
    cast(costed.cost_of_sales * actual_rates.rate as double) as cost_of_sales_amount
from costed
asof join actual_rates on costed.currency = actual_rates.currency and costed.ship_date >= actual_rates.valid_from
order by costed.shipment_id, costed.shipment_line
