-- One row per cycle, scenario, plan version, supplier, item and planned period in which something is, or was, ordered or arrives.
with
periods as (select * from core.periods),
items as (select * from core.items),
item_costs as (select * from core.item_costs),
item_suppliers as (select * from core.item_suppliers),
suppliers as (select * from staging.suppliers),
unit_factors as (select * from core.unit_factors),
supplier_orders as (select * from plan.supplier_orders),
scenarios as (select distinct scenario_id from plan.material_requirements),
open_purchase_orders as (
    select
        *,
        greatest(coalesce(confirmed_date, due_date), $as_of_date::date) as planned_date
    from staging.open_purchase_orders
),
supplier_capacity as (
    select
        supplier_id,
        nullif(item_id, '*') as item_id,
        period_start,
        maximum_quantity
    from staging.supplier_capacity
),
on_order as (
    select
        open_purchase_orders.supplier_id,
        open_purchase_orders.item_id,
        periods.period_start,
        sum((open_purchase_orders.open_quantity * unit_factors.factor)::decimal(38, 6)) as on_order_quantity
    from open_purchase_orders
    inner join items on open_purchase_orders.item_id = items.item_id
    inner join unit_factors
        on
            open_purchase_orders.item_id = unit_factors.item_id
            and coalesce(open_purchase_orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    inner join periods
        on
            open_purchase_orders.planned_date between periods.period_start and periods.period_end
            and periods.period_kind in ('current', 'horizon')
    group by open_purchase_orders.supplier_id, open_purchase_orders.item_id, periods.period_start
),
recorded_orders as (select * from raw.recorded_orders where supplier_id <> ''),
-- what the last night planned for a period it did not plan yet is unknown, for any other period without an order 0
recorded_periods as (select distinct period_start from raw.recorded_orders),
-- an order that was published and is not planned any more is a change to tell
cells as (
    select scenario_id, supplier_id, item_id, period_start from supplier_orders
    union
    select scenarios.scenario_id, on_order.supplier_id, on_order.item_id, on_order.period_start from scenarios cross join on_order
    union
    select scenarios.scenario_id, recorded_orders.supplier_id, recorded_orders.item_id, recorded_orders.period_start
    from scenarios
    cross join recorded_orders
    semi join items on recorded_orders.item_id = items.item_id
    inner join periods on recorded_orders.period_start = periods.period_start and periods.period_kind in ('current', 'horizon')
),
both_sides as (
    select
        cells.*,
        coalesce(supplier_orders.planned_order_quantity, 0) as planned_order_quantity,
        supplier_orders.order_by_date,
        coalesce(on_order.on_order_quantity, 0)::double as on_order_quantity,
        case when recorded_periods.period_start is not null then coalesce(recorded_orders.planned_order_quantity, 0) end
            as last_published_quantity
    from cells
    left join supplier_orders
        on
            cells.scenario_id = supplier_orders.scenario_id
            and cells.supplier_id = supplier_orders.supplier_id
            and cells.item_id = supplier_orders.item_id
            and cells.period_start = supplier_orders.period_start
    left join on_order
        on cells.supplier_id = on_order.supplier_id and cells.item_id = on_order.item_id and cells.period_start = on_order.period_start
    left join recorded_periods on cells.period_start = recorded_periods.period_start
    left join recorded_orders
        on
            cells.supplier_id = recorded_orders.supplier_id
            and cells.item_id = recorded_orders.item_id
            and cells.period_start = recorded_orders.period_start
),
-- a limit of the item beats the limit of all that the supplier delivers, which its items share
limited as (
    select
        both_sides.*,
        coalesce(of_item.maximum_quantity, of_supplier.maximum_quantity)::double as supplier_limit_quantity,
        case
            when of_item.maximum_quantity is not null then 'item'
            when of_supplier.maximum_quantity is not null then 'supplier'
        end as limit_scope,
        case
            when of_item.maximum_quantity is not null then both_sides.planned_order_quantity + both_sides.on_order_quantity
            else (sum((both_sides.planned_order_quantity + both_sides.on_order_quantity)::decimal(38, 6)) over (
                partition by both_sides.scenario_id, both_sides.supplier_id, both_sides.period_start
            ))::double
        end as limited_quantity
    from both_sides
    left join supplier_capacity as of_item
        on
            both_sides.supplier_id = of_item.supplier_id
            and both_sides.item_id = of_item.item_id
            and both_sides.period_start = of_item.period_start
    left join supplier_capacity as of_supplier
        on
            both_sides.supplier_id = of_supplier.supplier_id
            and of_supplier.item_id is null
            and both_sides.period_start = of_supplier.period_start
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    limited.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    limited.supplier_id::varchar as supplier_id,
    suppliers.supplier_name::varchar as supplier_name,
    limited.item_id::varchar as item_id,
    limited.period_start::date as period_start,
    items.unit_of_measure::varchar as unit_of_measure,
    limited.planned_order_quantity::double as planned_order_quantity,
    limited.on_order_quantity::double as on_order_quantity,
    limited.order_by_date::date as order_by_date,
    $reporting_currency::varchar as currency,
    (limited.planned_order_quantity * coalesce(item_suppliers.price_amount, item_costs.total_cost_amount))::decimal(18, 2) as value_amount,
    limited.supplier_limit_quantity::double as supplier_limit_quantity,
    limited.limit_scope::varchar as limit_scope,
    -- greatest() passes over an empty limit, which is not the same as one that is kept
    case
        when limited.supplier_limit_quantity is not null then greatest(limited.limited_quantity - limited.supplier_limit_quantity, 0)
    end::double as over_limit_quantity,
    limited.last_published_quantity::double as last_published_quantity,
    round(limited.planned_order_quantity - limited.last_published_quantity, 6)::double as change_quantity
from limited
inner join items on limited.item_id = items.item_id
left join suppliers on limited.supplier_id = suppliers.supplier_id
left join item_suppliers on limited.supplier_id = item_suppliers.supplier_id and limited.item_id = item_suppliers.item_id
left join item_costs on limited.item_id = item_costs.item_id and limited.period_start = item_costs.period_start
