-- One row per cycle, scenario, plan version, resource and planned period.
with
periods as (select * from core.periods),
resources as (select * from core.resources),
resource_capacity as (select * from core.resource_capacity),
site_working_days as (select * from core.site_working_days),
item_flows as (select * from core.item_flows),
item_resources as (select * from core.item_resources),
resource_load as (select * from plan.resource_load where strategy = 'planned'),
mix_load as (select * from plan.mix_load),
workforce_plan as (select * from plan.workforce_plan where strategy = 'planned'),
last_season as (
    select period_start
    from periods
    where periods_from_now between -season_length_periods and -1
),
-- what was completed in the last season, in the hours the bill of resources gives it
earned as (
    select
        item_resources.resource_id,
        sum((
            case when resources.resource_type = 'subcontractor' then item_flows.subcontract_quantity else item_flows.production_quantity end
            * item_resources.usage_per_unit
        )::decimal(38, 9)) as capacity_used
    from item_flows
    inner join last_season using (period_start)
    inner join item_resources using (item_id)
    inner join resources using (resource_id)
    -- what was made says nothing of the room that stock took
    where not coalesce(resources.is_stock_based, false)
    group by item_resources.resource_id
),
season_days as (
    select
        site_working_days.site_id,
        sum(site_working_days.working_days::decimal(38, 9)) as working_days
    from site_working_days
    inner join last_season using (period_start)
    group by site_working_days.site_id
),
shown as (
    select
        resources.resource_id,
        earned.capacity_used / nullif(coalesce(site_days.working_days, default_days.working_days), 0) as capacity_per_day
    from resources
    inner join earned using (resource_id)
    left join season_days as site_days on resources.site_id = site_days.site_id
    left join season_days as default_days on default_days.site_id = ''
    where earned.capacity_used > 0
),
days as (
    select
        resources.resource_id,
        periods.period_start,
        coalesce(site_days.remaining_working_days, default_days.remaining_working_days) as remaining_working_days
    from resources
    cross join periods
    left join site_working_days as site_days on resources.site_id = site_days.site_id and periods.period_start = site_days.period_start
    left join site_working_days as default_days on default_days.site_id = '' and periods.period_start = default_days.period_start
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    resource_load.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    resource_load.resource_id::varchar as resource_id,
    resources.resource_name::varchar as resource_name,
    resources.resource_type::varchar as resource_type,
    resources.capacity_unit::varchar as capacity_unit,
    resource_load.period_start::date as period_start,
    resources.is_critical::boolean as is_critical,
    resource_load.required_capacity::double as required_capacity,
    resource_load.regular_capacity::double as regular_capacity,
    resource_load.overtime_capacity::double as overtime_capacity,
    coalesce(resource_capacity.demonstrated_capacity, round(shown.capacity_per_day * days.remaining_working_days, 6))::double
        as demonstrated_capacity,
    round(shown.capacity_per_day * days.remaining_working_days, 6)::double as measured_capacity,
    resource_load.load_ratio::double as load_ratio,
    resource_load.load_status::varchar as load_status,
    mix_load.required_capacity::double as mix_required_capacity,
    (mix_load.required_capacity / nullif(resource_load.regular_capacity, 0))::double as mix_load_ratio,
    $reporting_currency::varchar as currency,
    resource_load.marginal_value_amount::double as marginal_value_amount,
    workforce_plan.required_heads::double as required_heads,
    workforce_plan.planned_heads::double as planned_heads,
    resource_load.families::varchar as families,
    resource_load.note::varchar as note
from resource_load
inner join resources on resource_load.resource_id = resources.resource_id
left join resource_capacity
    on resource_load.resource_id = resource_capacity.resource_id and resource_load.period_start = resource_capacity.period_start
left join mix_load
    on
        resource_load.scenario_id = mix_load.scenario_id
        and resource_load.resource_id = mix_load.resource_id
        and resource_load.period_start = mix_load.period_start
left join shown on resource_load.resource_id = shown.resource_id
left join days on resource_load.resource_id = days.resource_id and resource_load.period_start = days.period_start
left join workforce_plan
    on
        resource_load.scenario_id = workforce_plan.scenario_id
        and resource_load.resource_id = workforce_plan.resource_id
        and resource_load.period_start = workforce_plan.period_start
