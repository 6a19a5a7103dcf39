-- The lots of the items load no resource beyond regular and overtime capacity where the families' plan says that it fits.
-- severity: warning
-- owner: team:planning
-- hint: The mean bills of the families hide an overload: shift lots of sop.master_schedule_input between the periods, or correct the mix.
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
    mix_required_capacity,
    regular_capacity,
    overtime_capacity,
    mix_required_capacity - regular_capacity - overtime_capacity as overload
from resource_plan
where
    is_critical
    and load_status <> 'overloaded'
    and mix_required_capacity - regular_capacity - overtime_capacity > 1e-6 * greatest(1, regular_capacity, overtime_capacity)
order by cycle_id, scenario_id, plan_version, resource_id, period_start
