-- A resource that is not called overloaded has load within regular and overtime capacity.
-- severity: stop
-- owner: team:planning
-- hint: The plan calls an overload feasible: look at load and capacity of the rows shown; rerun from plan, and report it if it stays.
with
resource_load as (select * from plan.resource_load)
select
    scenario_id,
    strategy,
    resource_id,
    period_start,
    load_status,
    required_capacity,
    regular_capacity,
    overtime_capacity,
    required_capacity - regular_capacity - overtime_capacity as overload
from resource_load
where
    load_status <> 'overloaded'
    and not required_capacity - regular_capacity - overtime_capacity
    <= 1e-6 * greatest(1, required_capacity, regular_capacity, overtime_capacity)
order by scenario_id, strategy, resource_id, period_start
