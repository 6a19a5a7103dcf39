-- One row per cycle, scenario, plan version, item, planned period and step of the demand plan.
with
periods as (select * from core.periods),
items as (select * from core.items),
item_demand as (select * from plan.item_demand),
item_forecast as (select * from forecast.item_forecast),
item_prices as (select * from core.item_prices),
family_money as (select * from plan.family_money),
-- a scenario that changes the price of a family changes those of its items in proportion
price_changes as (
    select
        changed.scenario_id,
        changed.family_id,
        changed.period_start,
        changed.net_price_amount / base.net_price_amount as price_ratio
    from family_money as changed
    inner join family_money as base
        on
            changed.family_id = base.family_id
            and changed.period_start = base.period_start
            and base.scenario_id = 'base'
            and base.net_price_amount > 0
    where changed.scenario_id <> 'base' and changed.net_price_amount <> base.net_price_amount
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    item_demand.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    item_demand.item_id::varchar as item_id,
    item_demand.family_id::varchar as family_id,
    item_demand.period_start::date as period_start,
    list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], item_demand.step)::bigint as step_order,
    item_demand.step::varchar as step,
    items.unit_of_measure::varchar as unit_of_measure,
    item_demand.quantity::double as quantity,
    item_demand.change_quantity::double as change_quantity,
    $reporting_currency::varchar as currency,
    (item_demand.quantity * item_prices.net_price_amount * coalesce(price_changes.price_ratio, 1))::decimal(18, 2) as value_amount,
    (item_demand.change_quantity * item_prices.net_price_amount * coalesce(price_changes.price_ratio, 1))::decimal(18, 2)
        as change_value_amount,
    case
        when item_demand.step = 'statistical' and item_demand.scenario_id = 'base' then item_forecast.statistical_lower_quantity
    end::double as lower_quantity,
    case
        when item_demand.step = 'statistical' and item_demand.scenario_id = 'base' then item_forecast.statistical_upper_quantity
    end::double as upper_quantity,
    item_demand.author::varchar as author,
    item_demand.reason::varchar as reason
from item_demand
inner join items on item_demand.item_id = items.item_id
inner join periods on item_demand.period_start = periods.period_start and periods.period_kind in ('current', 'horizon')
left join item_forecast on item_demand.item_id = item_forecast.item_id and item_demand.period_start = item_forecast.period_start
left join item_prices on item_demand.item_id = item_prices.item_id and item_demand.period_start = item_prices.period_start
left join price_changes
    on
        item_demand.scenario_id = price_changes.scenario_id
        and item_demand.family_id = price_changes.family_id
        and item_demand.period_start = price_changes.period_start
