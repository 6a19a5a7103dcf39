-- One row per event and family and planned period whose demand it changes in the marketing step of the working plan.
with
demand_events as (select * from plan.demand_events),
families as (select * from core.families),
periods as (select * from core.periods where period_kind in ('current', 'horizon'))
select
    demand_events.scenario_id::varchar as scenario_id,
    demand_events.family_id::varchar as family_id,
    demand_events.period_start::date as period_start,
    demand_events.event_order::bigint as event_order,
    demand_events.event_kind::varchar as event_kind,
    demand_events.event_id::varchar as event_id,
    demand_events.item_id::varchar as item_id,
    families.planning_unit::varchar as planning_unit,
    demand_events.quantity_before::double as quantity_before,
    demand_events.change_quantity::double as change_quantity,
    demand_events.quantity_after::double as quantity_after,
    demand_events.reason::varchar as reason
from demand_events
inner join families on demand_events.family_id = families.family_id
inner join periods on demand_events.period_start = periods.period_start
