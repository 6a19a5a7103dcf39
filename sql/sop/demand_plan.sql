-- One row per cycle, scenario, plan version, family, planned period and step of the demand plan.
with
periods as (select * from core.periods),
families as (select * from core.families),
items as (select * from core.items),
item_prices as (select * from core.item_prices),
item_demand as (select * from plan.item_demand),
family_demand as (select * from plan.family_demand),
family_forecast as (select * from forecast.family_forecast),
family_money as (select * from plan.family_money),
-- What a planning unit of the items of a step costs; those without a price are valued like the others.
step_prices as (
    select
        item_demand.scenario_id,
        item_demand.family_id,
        item_demand.period_start,
        item_demand.step,
        sum((item_demand.quantity * item_prices.net_price_amount)::decimal(38, 9))::double
        / nullif(sum((item_demand.quantity * items.planning_units_per_unit)::decimal(38, 9))::double, 0) as net_price_amount
    from item_demand
    inner join items on item_demand.item_id = items.item_id
    inner join item_prices on item_demand.item_id = item_prices.item_id and item_demand.period_start = item_prices.period_start
    where item_prices.net_price_amount is not null
    group by item_demand.scenario_id, item_demand.family_id, item_demand.period_start, item_demand.step
),
valued as (
    select
        family_demand.*,
        list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], family_demand.step) as step_order,
        family_money.net_price_amount is not null as has_price,
        -- A scenario changes prices per family.
        (
            family_demand.quantity
            * coalesce(step_prices.net_price_amount * (family_money.net_price_amount / of_base.net_price_amount), family_money.net_price_amount)
        )::decimal(18, 2) as value_amount
    from family_demand
    left join family_money
        on
            family_demand.scenario_id = family_money.scenario_id
            and family_demand.family_id = family_money.family_id
            and family_demand.period_start = family_money.period_start
    left join family_money as of_base
        on
            of_base.scenario_id = 'base'
            and family_demand.family_id = of_base.family_id
            and family_demand.period_start = of_base.period_start
    left join step_prices
        on
            family_demand.scenario_id = step_prices.scenario_id
            and family_demand.family_id = step_prices.family_id
            and family_demand.period_start = step_prices.period_start
            and family_demand.step = step_prices.step
),
changed as (
    select
        *,
        -- Of amounts in cents, so that the changes sum to the value of the last step.
        case when has_price then
            coalesce(value_amount, 0)
            - coalesce(lag(value_amount) over (partition by scenario_id, family_id, period_start order by step_order), 0)
        end as change_value_amount
    from valued
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    changed.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    changed.family_id::varchar as family_id,
    changed.period_start::date as period_start,
    changed.step_order::bigint as step_order,
    changed.step::varchar as step,
    families.planning_unit::varchar as planning_unit,
    changed.quantity::double as quantity,
    changed.change_quantity::double as change_quantity,
    $reporting_currency::varchar as currency,
    changed.value_amount::decimal(18, 2) as value_amount,
    changed.change_value_amount::decimal(18, 2) as change_value_amount,
    case
        when changed.step = 'statistical' and changed.scenario_id = 'base' then family_forecast.statistical_lower_quantity
    end::double as lower_quantity,
    case
        when changed.step = 'statistical' and changed.scenario_id = 'base' then family_forecast.statistical_upper_quantity
    end::double as upper_quantity,
    changed.author::varchar as author,
    changed.reason::varchar as reason
from changed
inner join families on changed.family_id = families.family_id
inner join periods on changed.period_start = periods.period_start and periods.period_kind in ('current', 'horizon')
left join family_forecast
    on changed.family_id = family_forecast.family_id and changed.period_start = family_forecast.period_start
