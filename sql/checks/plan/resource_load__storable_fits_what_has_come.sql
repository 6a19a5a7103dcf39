-- Until it is overloaded, a storable resource has given no more in all than was there, has come or could be had beyond regular by then.
-- severity: stop
-- owner: team:planning
-- hint: The plan takes material twice: compare load and capacity of the periods up to those shown; rerun from plan, and report it if it stays.
with
resource_load as (select * from plan.resource_load where scenario_id = 'base'),
resources as (select * from core.resources where is_storable),
resource_capacity as (select * from core.resource_capacity),
-- where a capacity is not known nobody can say what is left
judged as (
    select
        resource_load.*,
        resource_capacity.regular_capacity + resource_capacity.opening_capacity + resource_capacity.overtime_capacity as coming
    from resource_load
    semi join resources on resource_load.resource_id = resources.resource_id
    inner join resource_capacity
        on resource_load.resource_id = resource_capacity.resource_id and resource_load.period_start = resource_capacity.period_start
),
cumulated as (
    select
        *,
        (sum(required_capacity::decimal(38, 9)) over so_far)::double as required_so_far,
        (sum(coming::decimal(38, 9)) over so_far)::double as come_so_far,
        bool_or(load_status = 'overloaded') over so_far as is_overloaded_so_far
    from judged
    where resource_id not in (select resource_id from resource_load anti join judged using (resource_id, period_start))
    window so_far as (partition by scenario_id, strategy, resource_id order by period_start)
)
select
    scenario_id,
    strategy,
    resource_id,
    period_start,
    required_so_far,
    come_so_far
from cumulated
where not is_overloaded_so_far and not required_so_far - come_so_far <= 1e-6 * greatest(1, required_so_far, come_so_far)
order by scenario_id, strategy, resource_id, period_start
