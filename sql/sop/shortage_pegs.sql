-- One row per cycle, scenario, plan version, family and period that is short, and resource it hangs on.
with
periods as (select * from core.periods),
families as (select * from core.families),
shortage_pegs as (select * from plan.shortage_pegs)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    shortage_pegs.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    shortage_pegs.family_id::varchar as family_id,
    shortage_pegs.period_start::date as period_start,
    shortage_pegs.resource_id::varchar as resource_id,
    families.planning_unit::varchar as planning_unit,
    shortage_pegs.shortage_quantity::double as shortage_quantity,
    shortage_pegs.window_start::date as window_start,
    shortage_pegs.share_ratio::double as share_ratio,
    shortage_pegs.relief_quantity::double as relief_quantity,
    $reporting_currency::varchar as currency,
    shortage_pegs.relief_amount::decimal(18, 2) as relief_amount
from shortage_pegs
inner join families using (family_id)
