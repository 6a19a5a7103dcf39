-- One row per forecast of an item in a period after its phase-out.
-- severity: warning
-- owner: team:sales
-- column: period_start
-- hint: Take the forecast back, or move phase_out_date of the item.
with sales_forecasts as (
    select * from staging.sales_forecasts
),

items as (
    select
        item_id,
        phase_out_date
    from staging.items
)

select
    cast(sales_forecasts.source_file as varchar) as source_file,
    cast(sales_forecasts.source_line as bigint) as source_line,
    cast(sales_forecasts.period_start || ', phased out ' || items.phase_out_date as varchar) as value
from sales_forecasts
inner join items using (item_id)
where
    sales_forecasts.period_start > items.phase_out_date
    and sales_forecasts.quantity > 0
