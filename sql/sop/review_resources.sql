-- One row per resource and planned period: load and heads of the working plan in whole planning units.
with
balance as (select * from sop.supply_demand_balance where plan_version = 'working'),
rounded_balance as (select * from sop.rounded_balance where column_kind in ('remainder', 'horizon')),
resource_plan as (select * from sop.resource_plan where plan_version = 'working'),
dim_period as (select * from sop.dim_period),
workforce_plan as (select * from plan.workforce_plan where strategy = 'planned'),
-- stock takes stores and working capital: what is made on top of the plan by rounding does not load them
family_resources as (
    select * from core.family_resources where resource_id not in (select resource_id from sop.dim_resource where is_stock_based)
),
supply_rounding as (
    select
        rounded_balance.scenario_id,
        rounded_balance.family_id,
        dim_period.periods_from_now,
        rounded_balance.production_quantity - (balance.production_quantity - coalesce(balance.production_to_date_quantity, 0)) as production,
        rounded_balance.subcontract_quantity - (balance.subcontract_quantity - coalesce(balance.subcontract_to_date_quantity, 0)) as subcontract
    from rounded_balance
    inner join balance using (cycle_id, scenario_id, plan_version, family_id, period_start)
    inner join dim_period using (period_start)
),
load_rounding as (
    select
        supply_rounding.scenario_id,
        family_resources.resource_id,
        dim_period.period_start,
        sum((supply_rounding.production * family_resources.usage_per_unit)::decimal(38, 9)) as made,
        sum((supply_rounding.subcontract * family_resources.usage_per_unit)::decimal(38, 9)) as subcontracted
    from supply_rounding
    inner join family_resources using (family_id)
    inner join dim_period on supply_rounding.periods_from_now - family_resources.lead_time_offset_periods = dim_period.periods_from_now
    group by supply_rounding.scenario_id, family_resources.resource_id, dim_period.period_start
),
loaded as (
    select
        resource_plan.*,
        dim_period.periods_from_now,
        workforce_plan.required_hours
        / nullif(workforce_plan.regular_hours + workforce_plan.idle_hours + workforce_plan.overtime_hours, 0) as productivity_ratio,
        greatest(
            resource_plan.required_capacity::decimal(38, 9)
            + coalesce(case when resource_plan.resource_type = 'subcontractor' then load_rounding.subcontracted else load_rounding.made end, 0),
            0
        )::double as rounded_capacity
    from resource_plan
    inner join dim_period using (period_start)
    left join load_rounding using (scenario_id, resource_id, period_start)
    left join workforce_plan using (scenario_id, resource_id, period_start)
)
select
    cycle_id::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    plan_version::varchar as plan_version,
    resource_id::varchar as resource_id,
    period_start::date as period_start,
    case when periods_from_now = 0 then 'remainder' else 'horizon' end::varchar as column_kind,
    (periods_from_now + case when periods_from_now = 0 then 14 else 15 end)::bigint as column_order,
    is_critical::boolean as is_critical,
    capacity_unit::varchar as capacity_unit,
    rounded_capacity::double as required_capacity,
    regular_capacity::double as regular_capacity,
    (rounded_capacity / nullif(regular_capacity, 0))::double as load_ratio,
    (required_heads * coalesce(rounded_capacity / nullif(required_capacity, 0), 1))::double as required_heads,
    planned_heads::double as planned_heads,
    productivity_ratio::double as productivity_ratio
from loaded
