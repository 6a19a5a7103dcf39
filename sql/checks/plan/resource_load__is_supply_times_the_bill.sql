-- The load of all but stores and working capital is planned production, or subcontract, × bill of resources, where it falls.
-- severity: stop
-- owner: team:planning
-- hint: Load and production tell two plans: look at the families of the resources shown; rerun from plan, and report it if it stays.
with
resource_load as (select * from plan.resource_load),
family_balance as (select * from plan.family_balance),
resources as (select * from core.resources where not is_stock_based),
family_resources as (select * from core.family_resources),
to_date as (select * from core.family_history where periods_from_now = 0),
periods as (select * from core.periods where period_kind in ('current', 'horizon')),
-- completions beyond the horizon are not published, so what is done for them cannot be held against anything
judged as (
    select
        resources.resource_id,
        periods.period_start
    from resources
    cross join periods
    left join family_resources using (resource_id)
    group by resources.resource_id, periods.period_start, periods.periods_from_now
    having
        periods.periods_from_now + coalesce(max(family_resources.lead_time_offset_periods), 0)
        <= (select max(periods_from_now) from periods)
),
supply as (
    select
        family_balance.scenario_id,
        family_balance.strategy,
        family_balance.family_id,
        periods.periods_from_now,
        family_balance.production_quantity - coalesce(to_date.production_quantity, 0) as production_quantity,
        family_balance.subcontract_quantity - coalesce(to_date.subcontract_quantity, 0) as subcontract_quantity
    from family_balance
    inner join periods using (period_start)
    left join to_date using (family_id, period_start)
),
required as (
    select
        supply.scenario_id,
        supply.strategy,
        resources.resource_id,
        periods.period_start,
        sum((
            case when resources.resource_type = 'subcontractor' then supply.subcontract_quantity else supply.production_quantity end
            * family_resources.usage_per_unit
            -- what the current period does for later completions falls on the whole of it
            * case when family_resources.lead_time_offset_periods > 0 then periods.remaining_ratio else 1 end
        )::decimal(38, 9))::double as required_capacity
    from supply
    inner join family_resources using (family_id)
    inner join resources using (resource_id)
    inner join periods on supply.periods_from_now - family_resources.lead_time_offset_periods = periods.periods_from_now
    group by supply.scenario_id, supply.strategy, resources.resource_id, periods.period_start
)
select
    resource_load.scenario_id,
    resource_load.strategy,
    resource_load.resource_id,
    resource_load.period_start,
    resource_load.required_capacity,
    coalesce(required.required_capacity, 0) as supply_times_bill,
    resource_load.required_capacity - coalesce(required.required_capacity, 0) as difference
from resource_load
inner join judged using (resource_id, period_start)
left join required
    on
        resource_load.scenario_id = required.scenario_id
        and resource_load.strategy = required.strategy
        and resource_load.resource_id = required.resource_id
        and resource_load.period_start = required.period_start
where not abs(resource_load.required_capacity - coalesce(required.required_capacity, 0)) <= 1e-6 * greatest(
    1, resource_load.required_capacity, abs(coalesce(required.required_capacity, 0))
)
order by resource_load.scenario_id, resource_load.strategy, resource_load.resource_id, resource_load.period_start
