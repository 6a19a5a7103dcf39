-- One row per item.
with items as (
    select * from staging.items
),

families as (
    select family_id from staging.product_families
),

sold as (
    select item_id from staging.sales_orders where order_type = 'standard' and order_date < $as_of_date
    union
    select item_id from staging.shipments where ship_date < $as_of_date
),

-- what sales intends to sell needs a family as well, or its plan would vanish
submitted as (
    select item_id from staging.sales_forecasts where submitted_on <= $as_of_date
),

placed as (
    select
        items.*,
        families.family_id as known_family_id,
        sold.item_id is not null as is_sold,
        sold.item_id is not null or submitted.item_id is not null as needs_family
    from items
    left join families on items.family_id = families.family_id
    left join sold on items.item_id = sold.item_id
    left join (select distinct item_id from submitted) as submitted on items.item_id = submitted.item_id
)

select
    cast(item_id as varchar) as item_id,
    cast(item_name as varchar) as item_name,
    cast(item_type as varchar) as item_type,
    cast(case when known_family_id is null and needs_family then 'unassigned' else known_family_id end as varchar) as family_id,
    cast(unit_of_measure as varchar) as unit_of_measure,
    -- family unassigned is planned in the units of its items
    cast(case when known_family_id is null then 1 else planning_units_per_unit end as double) as planning_units_per_unit,
    cast(sourcing as varchar) as sourcing,
    cast(lifecycle as varchar) as lifecycle,
    cast(introduction_date as date) as introduction_date,
    cast(phase_out_date as date) as phase_out_date,
    cast(successor_item_id as varchar) as successor_item_id,
    cast(is_sold or item_type = 'finished' as boolean) as is_finished,
    cast(lead_time_days as bigint) as lead_time_days,
    cast(lot_minimum as double) as lot_minimum_quantity,
    cast(lot_multiple as double) as lot_multiple_quantity
from placed
order by item_id
