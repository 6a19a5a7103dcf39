-- One row per scenario.
with
scenarios as (select * from staging.scenarios),
named as (
    select
        scenario_id,
        any_value(scenario_name order by line) as scenario_name
    from scenarios
    where scenario_id <> 'base'
    group by scenario_id
)
select
    'base'::varchar as scenario_id,
    'Base plan'::varchar as scenario_name
union all
select
    scenario_id::varchar as scenario_id,
    scenario_name::varchar as scenario_name
from named
