-- One row per cycle, scenario, plan version, item and planned period: what is needed of it, there, on order and to be ordered.
with
periods as (select * from core.periods),
items as (select * from core.items),
item_costs as (select * from core.item_costs),
material_requirements as (select * from plan.material_requirements),
recorded_orders as (select * from raw.recorded_orders where supplier_id = ''),
-- what the last night planned for a period it did not plan yet is unknown, for any other period without an order 0
recorded_periods as (select distinct period_start from raw.recorded_orders),
-- what is bought is worth what its suppliers ask for it, in their shares; all else its standard cost
prices as (
    select
        item_id,
        sum((share_ratio * price_amount)::decimal(38, 9))::double
        / nullif((sum(share_ratio::decimal(38, 9)) filter (where price_amount is not null))::double, 0) as price_amount
    from core.item_suppliers
    group by item_id
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    material_requirements.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    material_requirements.item_id::varchar as item_id,
    items.family_id::varchar as family_id,
    material_requirements.period_start::date as period_start,
    items.unit_of_measure::varchar as unit_of_measure,
    items.sourcing::varchar as sourcing,
    material_requirements.is_master_scheduled::boolean as is_master_scheduled,
    material_requirements.gross_requirement_quantity::double as gross_requirement_quantity,
    material_requirements.on_hand_quantity::double as on_hand_quantity,
    material_requirements.on_order_quantity::double as on_order_quantity,
    material_requirements.net_requirement_quantity::double as net_requirement_quantity,
    material_requirements.planned_order_quantity::double as planned_order_quantity,
    material_requirements.planned_release_quantity::double as planned_release_quantity,
    material_requirements.past_due_release_quantity::double as past_due_release_quantity,
    material_requirements.order_by_date::date as order_by_date,
    $reporting_currency::varchar as currency,
    (material_requirements.planned_order_quantity * case
        when items.sourcing = 'buy' then coalesce(prices.price_amount, item_costs.total_cost_amount)
        else item_costs.total_cost_amount
    end)::decimal(18, 2) as value_amount,
    case when recorded_periods.period_start is not null then coalesce(recorded_orders.planned_order_quantity, 0) end::double
        as last_published_quantity,
    case
        when recorded_periods.period_start is not null
            then round(material_requirements.planned_order_quantity - coalesce(recorded_orders.planned_order_quantity, 0), 6)
    end::double as change_quantity
from material_requirements
inner join items on material_requirements.item_id = items.item_id
left join prices on material_requirements.item_id = prices.item_id
left join item_costs
    on material_requirements.item_id = item_costs.item_id and material_requirements.period_start = item_costs.period_start
left join recorded_periods on material_requirements.period_start = recorded_periods.period_start
left join recorded_orders
    on material_requirements.item_id = recorded_orders.item_id and material_requirements.period_start = recorded_orders.period_start
