-- One row per table with facts before the first period: they are in no period's figures.
-- severity: error
-- owner: team:finance
-- hint: Extend fiscal_calendar back to the first fact; or correct the dates, if they are wrong.
with first_period as (
    select min(period_start) as first_day from core.periods
),

facts as (
    select 'sales_orders' as fact_table, order_date as fact_date from core.order_lines
    union all
    select 'sales_orders' as fact_table, demand_date as fact_date from core.order_lines
    union all
    select 'shipments' as fact_table, ship_date as fact_date from core.shipment_lines
    union all
    select 'production_history' as fact_table, completion_date as fact_date from staging.production_history
    union all
    select 'purchase_receipts' as fact_table, received_date as fact_date from staging.purchase_receipts
    union all
    select 'inventory_movements' as fact_table, movement_date as fact_date from staging.inventory_movements
)

select
    cast(facts.fact_table as varchar) as fact_table,
    cast(min(facts.fact_date) as date) as first_fact,
    cast(count(*) as bigint) as facts_before_calendar
from facts
cross join first_period
where facts.fact_date < first_period.first_day
group by facts.fact_table
order by facts.fact_table
