-- One row per forecast worth more than 200 trillion at the dearest price or cost of what it speaks of.
-- severity: error
-- owner: team:sales
-- column: quantity
-- hint: Correct the quantity, or the price or cost of its items; amounts have 16 digits before the point, and a year of this has more.
with sales_forecasts as (
    select * from staging.sales_forecasts
),

items as (
    select item_id, family_id, planning_units_per_unit from staging.items
),

unit_amounts as (
    select item_id, cast(net_price as double) / cast(per_quantity as double) as unit_amount from staging.prices
    union all
    select item_id, cast(total_cost as double) / cast(per_quantity as double) as unit_amount from staging.standard_costs
),

of_items as (
    select
        item_id,
        max(unit_amount) as unit_amount
    from unit_amounts
    group by item_id
),

of_families as (
    select
        items.family_id,
        max(of_items.unit_amount / items.planning_units_per_unit) as unit_amount
    from items
    inner join of_items using (item_id)
    group by items.family_id
)

select
    cast(sales_forecasts.source_file as varchar) as source_file,
    cast(sales_forecasts.source_line as bigint) as source_line,
    cast(sales_forecasts.quantity as varchar) as value
from sales_forecasts
left join of_items on sales_forecasts.item_id = of_items.item_id
left join of_families on sales_forecasts.family_id = of_families.family_id
where cast(sales_forecasts.quantity as double) * coalesce(of_items.unit_amount, of_families.unit_amount) > 2e14
