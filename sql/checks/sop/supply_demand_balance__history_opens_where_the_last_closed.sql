-- Stock and backlog of a period of history open with what the period before closed with.
-- severity: error
-- owner: team:planning
-- hint: History is torn between two periods: look at the snapshots and orders of the families shown.
with
balance as (select * from sop.supply_demand_balance where period_kind = 'history'),
pairs as (
    select
        cycle_id,
        scenario_id,
        plan_version,
        family_id,
        period_start,
        opening_inventory_quantity,
        lag(closing_inventory_quantity) over in_time as stock_before_quantity,
        opening_backlog_quantity,
        lag(closing_backlog_quantity) over in_time as backlog_before_quantity
    from balance
    window in_time as (partition by cycle_id, scenario_id, plan_version, family_id order by period_start)
)
select *
from pairs
where
    not abs(opening_inventory_quantity - stock_before_quantity)
    <= 1e-6 * greatest(1, abs(opening_inventory_quantity), abs(stock_before_quantity))
    or not abs(opening_backlog_quantity - backlog_before_quantity)
    <= 1e-6 * greatest(1, abs(opening_backlog_quantity), abs(backlog_before_quantity))
order by cycle_id, scenario_id, plan_version, family_id, period_start
