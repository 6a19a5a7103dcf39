-- A published resource that is not called overloaded has load within regular and overtime capacity.
-- severity: stop
-- owner: team:planning
-- hint: The published plan calls an overload feasible: rerun from plan, and report it if it stays.
with
resource_plan as (select * from sop.resource_plan)
select
    cycle_id,
    scenario_id,
    plan_version,
    resource_id,
    period_start,
    load_status,
    required_capacity,
    regular_capacity,
    overtime_capacity,
    required_capacity - regular_capacity - overtime_capacity as overload
from resource_plan
where
    load_status <> 'overloaded'
    and not required_capacity - regular_capacity - overtime_capacity
    <= 1e-6 * greatest(1, required_capacity, regular_capacity, overtime_capacity)
order by cycle_id, scenario_id, plan_version, resource_id, period_start
