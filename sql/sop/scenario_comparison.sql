-- One row per cycle, scenario other than base, plan version, family (* = the company) and measure: beside base, and what it changes.
with
strategy_comparison as (select * from sop.strategy_comparison where strategy = 'planned'),
balance as (select * from sop.supply_demand_balance where period_kind <> 'history'),
material_plan as (select * from sop.material_plan where not is_master_scheduled),
measured as (
    select
        cycle_id,
        scenario_id,
        plan_version,
        family_id,
        measure,
        value,
        unit
    from strategy_comparison
    union all
    select
        cycle_id,
        scenario_id,
        plan_version,
        coalesce(family_id, '*') as family_id,
        measure,
        sum(amount)::double as value,
        any_value(currency) as unit
    from (
        unpivot (select cycle_id, scenario_id, plan_version, family_id, currency, revenue_amount, margin_amount from balance)
        on revenue_amount, margin_amount
        into name measure value amount
    )
    group by grouping sets ((cycle_id, scenario_id, plan_version, measure, family_id), (cycle_id, scenario_id, plan_version, measure))
    union all
    select
        cycle_id,
        scenario_id,
        plan_version,
        coalesce(family_id, '*') as family_id,
        'periods_in_trouble' as measure,
        count(*) filter (where balance_status in ('short', 'overloaded'))::double as value,
        'periods' as unit
    from balance
    group by grouping sets ((cycle_id, scenario_id, plan_version, family_id), (cycle_id, scenario_id, plan_version))
    union all
    -- what is bought goes into items of several families
    select
        cycle_id,
        scenario_id,
        plan_version,
        '*' as family_id,
        'planned_order_amount' as measure,
        case
            when bool_and(value_amount is not null or planned_order_quantity = 0)
                then coalesce(sum(value_amount) filter (where planned_order_quantity <> 0), 0)
        end::double as value,
        any_value(currency) as unit
    from material_plan
    where sourcing = 'buy'
    group by cycle_id, scenario_id, plan_version
    union all
    select
        cycle_id,
        scenario_id,
        plan_version,
        '*' as family_id,
        'past_due_release_items' as measure,
        count(distinct item_id) filter (where past_due_release_quantity > 0)::double as value,
        'items' as unit
    from material_plan
    group by cycle_id, scenario_id, plan_version
),
base as (select * from measured where scenario_id = 'base')
select
    measured.cycle_id::varchar as cycle_id,
    measured.scenario_id::varchar as scenario_id,
    measured.plan_version::varchar as plan_version,
    measured.family_id::varchar as family_id,
    measured.measure::varchar as measure,
    base.value::double as base_value,
    measured.value::double as value,
    round(measured.value - base.value, 6)::double as change_value,
    measured.unit::varchar as unit
from measured
left join base
    on
        measured.cycle_id = base.cycle_id
        and measured.plan_version = base.plan_version
        and measured.family_id = base.family_id
        and measured.measure = base.measure
where measured.scenario_id <> 'base'
