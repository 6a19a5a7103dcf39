-- One row per family and period of history, plus the current period to date, in planning units.
with family_flows as (
    select
        *,
        cast(production_quantity as decimal(38, 6)) + cast(subcontract_quantity as decimal(38, 6)) + cast(purchase_quantity as decimal(38, 6))
        + cast(other_movement_quantity as decimal(38, 6)) - cast(issued_quantity as decimal(38, 6)) - cast(shipped_quantity as decimal(38, 6))
            as stock_change,
        cast(booked_quantity as decimal(38, 6)) - cast(shipped_quantity as decimal(38, 6)) as backlog_change
    from core.family_flows
),

family_snapshots as (
    select * from core.family_snapshots
),

periods as (
    select * from core.periods where periods_from_now <= 0
),

closing_snapshots as (
    select * from family_snapshots where is_closing
),

-- a snapshot later than the last closing one says what is there now
latest_snapshots as (
    select * from family_snapshots where is_latest and not is_closing
),

-- an inventory extract without rows states that there is nothing
nothing_in_stock as (
    select count(*) = 0 as is_stated from staging.inventory
),

changes_after_snapshot as (
    select
        family_id,
        sum(cast(stock_change_after_snapshot_quantity as decimal(38, 6))) as stock_change
    from family_flows
    group by family_id
),

-- what was counted, at the end of closed periods and as of now
counted as (
    select
        family_flows.*,
        case
            when family_flows.periods_from_now < 0 then cast(closing_snapshots.stock_quantity as decimal(38, 6))
            when nothing_in_stock.is_stated then 0
            else cast(latest_snapshots.stock_quantity as decimal(38, 6)) + changes_after_snapshot.stock_change
        end as counted_stock,
        closing_snapshots.stock_amount,
        coalesce(closing_snapshots.stock_amount, latest_snapshots.stock_amount)
        / nullif(coalesce(closing_snapshots.stock_quantity, latest_snapshots.stock_quantity), 0) as counted_unit_amount,
        sum(family_flows.stock_change) over running as running_stock_change,
        sum(family_flows.backlog_change) over remaining as later_backlog_change
    from family_flows
    cross join nothing_in_stock
    inner join changes_after_snapshot on family_flows.family_id = changes_after_snapshot.family_id
    left join closing_snapshots on family_flows.family_id = closing_snapshots.family_id and family_flows.period_start = closing_snapshots.period_start
    left join latest_snapshots on family_flows.family_id = latest_snapshots.family_id and family_flows.periods_from_now = 0
    window
        running as (partition by family_flows.family_id order by family_flows.period_start rows between unbounded preceding and current row),
        remaining as (partition by family_flows.family_id order by family_flows.period_start rows between 1 following and unbounded following)
),

-- between counts the stock is rolled by its flows: forward from the last count, back from the first one
rolled as (
    select
        *,
        running_stock_change + coalesce(
            last_value(counted_stock - running_stock_change ignore nulls) over (
                partition by family_id order by period_start rows between unbounded preceding and current row
            ),
            first_value(counted_stock - running_stock_change ignore nulls) over (
                partition by family_id order by period_start rows between current row and unbounded following
            )
        ) as closing_stock,
        last_value(counted_unit_amount ignore nulls) over (
            partition by family_id order by period_start rows between unbounded preceding and current row
        ) as last_unit_amount
    from counted
),

opened as (
    select
        *,
        coalesce(lag(closing_stock) over (partition by family_id order by period_start), closing_stock - stock_change) as opening_stock
    from rolled
),

order_lines as (
    select
        *,
        cast(net_quantity * planning_units_per_unit as decimal(38, 6)) as net_planning_quantity
    from core.order_lines
),

open_orders as (
    select
        family_id,
        sum(cast(open_quantity * planning_units_per_unit as decimal(38, 6))) as backlog
    from order_lines
    group by family_id
),

service as (
    select
        order_lines.family_id,
        periods.period_start,
        sum(order_lines.net_planning_quantity) as due_quantity,
        sum(order_lines.net_planning_quantity) filter (
            where order_lines.open_quantity = 0 and order_lines.last_ship_date <= order_lines.due_date
        ) as on_time_quantity
    from order_lines
    asof join periods on order_lines.due_date >= periods.period_start
    where order_lines.due_date < $as_of_date
    group by order_lines.family_id, periods.period_start
),

orders_due as (
    select orders_due.*
    from core.orders_due
    inner join periods using (period_start)
),

-- before anything was counted a unit of a family costs what its items cost in their mix
unit_costs as (
    select
        items.family_id,
        item_costs.period_start,
        sum(cast(item_mix.mix_ratio * item_costs.total_cost_amount / items.planning_units_per_unit as decimal(38, 9)))
        / nullif(cast(sum(cast(item_mix.mix_ratio as decimal(38, 9))) as double), 0) as unit_cost_amount
    from core.item_costs
    inner join core.items using (item_id)
    inner join core.item_mix using (item_id)
    inner join periods using (period_start)
    group by items.family_id, item_costs.period_start
)

select
    cast(opened.family_id as varchar) as family_id,
    cast(opened.period_start as date) as period_start,
    cast(opened.periods_from_now as bigint) as periods_from_now,
    cast(opened.demand_quantity as double) as demand_quantity,
    cast(opened.requested_quantity as double) as requested_quantity,
    cast(opened.booked_quantity as double) as booked_quantity,
    cast(opened.shipped_quantity as double) as shipped_quantity,
    cast(opened.production_quantity as double) as production_quantity,
    cast(opened.subcontract_quantity as double) as subcontract_quantity,
    cast(opened.purchase_quantity as double) as purchase_quantity,
    cast(opened.issued_quantity as double) as issued_quantity,
    cast(opened.other_movement_quantity as double) as other_movement_quantity,
    cast(opened.opening_stock as double) as opening_inventory_quantity,
    cast(opened.closing_stock as double) as closing_inventory_quantity,
    cast(case when opened.counted_stock is not null then opened.closing_stock - opened.opening_stock - opened.stock_change end as double)
        as unexplained_quantity,
    cast(opened.counted_stock is null as boolean) as is_reconstructed,
    cast(
        coalesce(open_orders.backlog, 0) - coalesce(opened.later_backlog_change, 0) - opened.backlog_change as double
    ) as opening_backlog_quantity,
    cast(coalesce(open_orders.backlog, 0) - coalesce(opened.later_backlog_change, 0) as double) as closing_backlog_quantity,
    cast(case when opened.periods_from_now = 0 then coalesce(orders_due.past_due_quantity, 0) end as double) as past_due_quantity,
    cast(case when opened.periods_from_now = 0 then coalesce(orders_due.orders_due_quantity, 0) end as double) as orders_due_quantity,
    cast(coalesce(service.on_time_quantity, 0) as double) as on_time_quantity,
    cast(coalesce(service.due_quantity, 0) as double) as due_quantity,
    cast(opened.revenue_amount as double) as revenue_amount,
    cast(opened.revenue_budget_rate_amount as double) as revenue_budget_rate_amount,
    cast(opened.cost_of_sales_amount as double) as cost_of_sales_amount,
    cast(case
        when opened.closing_stock = 0 then 0
        when opened.periods_from_now < 0 and opened.counted_stock is not null then opened.stock_amount
        else cast(opened.closing_stock as double) * coalesce(opened.last_unit_amount, unit_costs.unit_cost_amount)
    end as double) as inventory_value_amount
from opened
left join open_orders on opened.family_id = open_orders.family_id
left join service on opened.family_id = service.family_id and opened.period_start = service.period_start
left join orders_due on opened.family_id = orders_due.family_id and opened.period_start = orders_due.period_start
left join unit_costs on opened.family_id = unit_costs.family_id and opened.period_start = unit_costs.period_start
order by opened.family_id, opened.period_start
