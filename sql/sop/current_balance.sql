-- One row per family and period: the working version of the newest cycle, base scenario.
-- kind: view
select * from sop.supply_demand_balance
where
    plan_version = 'working'
    and scenario_id = 'base'
    and cycle_id = (select max_by(cycle_id, period_start) from sop.supply_demand_balance where period_kind = 'current')
