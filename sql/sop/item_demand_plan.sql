-- One row per cycle, scenario, plan version, item, planned period and step of the demand plan.
with
periods as (select * from core.periods),
items as (select * from core.items),
item_demand as (select * from plan.item_demand),
item_forecast as (select * from forecast.item_forecast),
item_prices as (select * from core.item_prices)
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
    (item_demand.quantity * item_prices.net_price_amount)::decimal(18, 2) as value_amount,
    (item_demand.change_quantity * item_prices.net_price_amount)::decimal(18, 2) as change_value_amount,
    case when item_demand.step = 'statistical' then item_forecast.statistical_lower_quantity end::double as lower_quantity,
    case when item_demand.step = 'statistical' then item_forecast.statistical_upper_quantity end::double as upper_quantity,
    item_demand.author::varchar as author,
    item_demand.reason::varchar as reason
from item_demand
inner join items on item_demand.item_id = items.item_id
inner join periods on item_demand.period_start = periods.period_start and periods.period_kind in ('current', 'horizon')
left join item_forecast on item_demand.item_id = item_forecast.item_id and item_demand.period_start = item_forecast.period_start
left join item_prices on item_demand.item_id = item_prices.item_id and item_demand.period_start = item_prices.period_start
