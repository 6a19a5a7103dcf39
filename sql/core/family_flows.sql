-- One row per family and period up to the current one, zero where nothing moved, in planning units.
with families as (
    select
        family_id,
        production_strategy
    from core.families
),

periods as (
    select
        period_start,
        periods_from_now
    from core.periods
    where periods_from_now <= 0
),

item_flows as (
    select
        item_flows.*,
        items.planning_units_per_unit
    from core.item_flows
    inner join core.items using (item_id)
    where item_flows.family_id is not null
),

-- goods that move after the latest snapshot are not in it
latest_snapshot as (
    select max(snapshot_date) as snapshot_date from core.snapshot_sites where is_latest
),

costs as (
    select
        shipment_lines.family_id,
        periods.period_start,
        sum(cast(shipment_costs.cost_of_sales_amount as decimal(38, 6))) as cost_of_sales_amount
    from core.shipment_lines
    left join core.shipment_costs using (shipment_id, shipment_line)
    asof join periods on shipment_lines.ship_date >= periods.period_start
    group by shipment_lines.family_id, periods.period_start
),

flows as (
    select
        family_id,
        period_start,
        sum(cast(demand_quantity * planning_units_per_unit as decimal(38, 6))) as requested_quantity,
        sum(cast(booked_quantity * planning_units_per_unit as decimal(38, 6))) as booked_quantity,
        sum(cast(shipped_quantity * planning_units_per_unit as decimal(38, 6))) as shipped_quantity,
        sum(cast(production_quantity * planning_units_per_unit as decimal(38, 6))) as production_quantity,
        sum(cast(subcontract_quantity * planning_units_per_unit as decimal(38, 6))) as subcontract_quantity,
        sum(cast(purchase_quantity * planning_units_per_unit as decimal(38, 6))) as purchase_quantity,
        sum(cast(issued_quantity * planning_units_per_unit as decimal(38, 6))) as issued_quantity,
        sum(cast(other_movement_quantity * planning_units_per_unit as decimal(38, 6))) as other_movement_quantity,
        sum(cast(
            (
                production_quantity + subcontract_quantity + purchase_quantity + other_movement_quantity
                - issued_quantity - shipped_quantity
            ) * planning_units_per_unit as decimal(38, 6)
        )) filter (where flow_date > snapshot_date) as stock_change_after_snapshot,
        sum(cast(revenue_amount as decimal(38, 6))) as revenue_amount,
        sum(cast(revenue_budget_rate_amount as decimal(38, 6))) as revenue_budget_rate_amount,
        bool_or(revenue_amount is null) as is_revenue_missing,
        bool_or(revenue_budget_rate_amount is null) as is_budget_revenue_missing
    from item_flows
    cross join latest_snapshot
    group by family_id, period_start
)

select
    cast(families.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(periods.periods_from_now as bigint) as periods_from_now,
    cast(coalesce(case when families.production_strategy = 'make_to_stock' then flows.requested_quantity else flows.booked_quantity end, 0) as double)
        as demand_quantity,
    cast(coalesce(flows.requested_quantity, 0) as double) as requested_quantity,
    cast(coalesce(flows.booked_quantity, 0) as double) as booked_quantity,
    cast(coalesce(flows.shipped_quantity, 0) as double) as shipped_quantity,
    cast(coalesce(flows.production_quantity, 0) as double) as production_quantity,
    cast(coalesce(flows.subcontract_quantity, 0) as double) as subcontract_quantity,
    cast(coalesce(flows.purchase_quantity, 0) as double) as purchase_quantity,
    cast(coalesce(flows.issued_quantity, 0) as double) as issued_quantity,
    cast(coalesce(flows.other_movement_quantity, 0) as double) as other_movement_quantity,
    cast(coalesce(flows.stock_change_after_snapshot, 0) as double) as stock_change_after_snapshot_quantity,
    -- money that is missing is no zero: empty where none of it is known
    cast(case when flows.is_revenue_missing and coalesce(flows.revenue_amount, 0) = 0 then null else coalesce(flows.revenue_amount, 0) end as double)
        as revenue_amount,
    cast(case
        when flows.is_budget_revenue_missing and coalesce(flows.revenue_budget_rate_amount, 0) = 0 then null
        else coalesce(flows.revenue_budget_rate_amount, 0)
    end as double) as revenue_budget_rate_amount,
    cast(case when costs.family_id is null then 0 else costs.cost_of_sales_amount end as double) as cost_of_sales_amount
from families
cross join periods
left join flows on families.family_id = flows.family_id and periods.period_start = flows.period_start
left join costs on families.family_id = costs.family_id and periods.period_start = costs.period_start
order by families.family_id, periods.period_start
