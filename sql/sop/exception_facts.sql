-- One row per kind of exception and what it is about, for what the plan rests on: extracts, forecasts, launches, the length of the horizon.
with
balance as (select * from sop.current_balance where period_kind <> 'history'),
resource_plan as (select * from sop.resource_plan where plan_version = 'working' and scenario_id = 'base'),
dim_period as (select * from sop.dim_period where periods_from_now >= 0),
dim_family as (select * from sop.dim_family),
extract_status as (select * from sop.extract_status),
resources as (select * from core.resources),
items as (select * from core.items),
item_components as (select * from core.item_components),
item_prices as (select * from core.item_prices),
item_costs as (select * from core.item_costs),
item_lead_times as (
    select
        item_id,
        lead_time_days
    from staging.items
),
supplier_lead_times as (
    select
        item_id,
        max(lead_time_days) as lead_time_days
    from staging.supplier_items
    group by item_id
),
item_demand as (select * from plan.item_demand where scenario_id = 'base' and step = 'demand_review'),
product_launches as (select * from staging.product_launches),
bill_of_materials as (select * from staging.bill_of_materials),
routings as (select * from staging.routings),
bill_of_resources as (select * from staging.bill_of_resources),
family_backtest as (select * from forecast.family_backtest),
horizon as (
    select
        min(period_start) as first_day,
        max(period_end) as last_day,
        last_day - cast($as_of_date as date) + 1 as days
    from dim_period
),
supplied as (
    select
        bool_or(extract = 'bill_of_materials') as has_bills,
        bool_or(extract in ('routings', 'bill_of_resources')) as has_hours,
        bool_or(extract = 'prices') as has_prices
    from extract_status
    where load_status <> 'not_supplied'
),
staled as (
    select
        'stale_extract' as kind,
        null::varchar as family_id,
        null::varchar as resource_id,
        extract as subject_id,
        concat(extract, ' is stale: ', coalesce(reason, 'the last good load stands in')) as sentence,
        null::double as money,
        owner
    from extract_status
    where load_status = 'stale'
),
timed as (
    select
        items.item_id,
        items.family_id,
        items.sourcing,
        coalesce(
            case when items.sourcing = 'buy' then supplier_lead_times.lead_time_days end, item_lead_times.lead_time_days, supplier_lead_times.lead_time_days, 0
        ) as lead_time_days
    from items
    left join item_lead_times using (item_id)
    left join supplier_lead_times using (item_id)
),
cumulative as (
    with recursive paths as (
        select
            family_id,
            item_id,
            lead_time_days as days,
            sourcing,
            1 as depth
        from timed
        where family_id in (select family_id from balance)
        -- equal ways down a bill are one
        union
        select
            paths.family_id,
            item_components.component_item_id,
            paths.days + timed.lead_time_days,
            timed.sourcing,
            paths.depth + 1
        from paths
        inner join item_components on paths.item_id = item_components.parent_item_id
        inner join timed on item_components.component_item_id = timed.item_id
        where paths.sourcing = 'make' and paths.depth < 20
    )

    select
        family_id,
        max(days) as days
    from paths
    group by family_id
    -- a bill that runs in a circle is a reported error, and takes no time that could be told
    having max(depth) < 20
),
short_for_lead_time as (
    select
        'horizon_too_short',
        cumulative.family_id,
        null,
        null,
        concat(
            dim_family.family_name, ': buying and making take ', cumulative.days, ' days one after the other, the plan looks ', horizon.days, ' days ahead'
        ),
        null,
        'team:planning'
    from cumulative
    inner join dim_family using (family_id)
    cross join horizon
    where cumulative.days > horizon.days
),
short_for_capacity as (
    select
        'horizon_too_short',
        null,
        resources.resource_id,
        null,
        concat(
            resources.resource_name, ': full within the horizon, and more of it takes ', format('{:.3g}', resources.months_to_add_capacity),
            ' months, the plan looks ahead to ', horizon.last_day
        ),
        null,
        'team:planning'
    from resources
    cross join horizon
    where
        cast($as_of_date as date) + to_days(ceil(resources.months_to_add_capacity * 365.25 / 12)::integer) > horizon.last_day
        and exists(
            select * from resource_plan
            where resource_plan.resource_id = resources.resource_id and resource_plan.load_status in ('full', 'full but costless', 'overloaded')
        )
),
launch_money as (
    select
        item_demand.item_id,
        sum((item_demand.quantity * item_prices.net_price_amount)::decimal(38, 6))::double as money
    from item_demand
    inner join product_launches using (item_id)
    inner join dim_period on item_demand.period_start = dim_period.period_start
    inner join item_prices on item_demand.item_id = item_prices.item_id and item_demand.period_start = item_prices.period_start
    group by item_demand.item_id
),
structured as (
    select
        parent_item_id as item_id,
        min(coalesce(valid_from, date '0001-01-01')) as first_day
    from bill_of_materials
    group by parent_item_id
),
routed as (
    select
        item_id,
        min(coalesce(valid_from, date '0001-01-01')) as first_day
    from (
        select
            item_id,
            valid_from
        from routings
        union all
        select
            items.item_id,
            bill_of_resources.valid_from
        from bill_of_resources
        inner join items on bill_of_resources.item_id = items.item_id or bill_of_resources.family_id = items.family_id
    )
    group by item_id
),
launches as (
    select
        items.item_id,
        items.item_name,
        items.family_id,
        product_launches.launch_date,
        items.sourcing = 'make' as is_made,
        concat_ws(
            ', ',
            case when is_made and supplied.has_bills and coalesce(structured.first_day > launch_date, true) then 'bill of material' end,
            case when is_made and supplied.has_hours and coalesce(routed.first_day > launch_date, true) then 'routing' end,
            case when items.item_id not in (select item_id from item_costs) then 'standard cost' end,
            case when supplied.has_prices and items.item_id not in (select item_id from item_prices) then 'price' end
        ) as missing
    from product_launches
    inner join items using (item_id)
    left join structured using (item_id)
    left join routed using (item_id)
    cross join supplied
    cross join horizon
    where product_launches.launch_date between cast($as_of_date as date) and horizon.last_day
),
unready as (
    select
        'launch_not_ready',
        launches.family_id,
        null,
        launches.item_id,
        concat(launches.item_name, ' goes on sale on ', launches.launch_date, ' without ', launches.missing),
        launch_money.money,
        'team:engineering'
    from launches
    left join launch_money using (item_id)
    where launches.missing <> ''
),
near_revenue as (
    select
        family_id,
        sum(revenue_amount)::double as revenue
    from balance
    inner join dim_period using (period_start)
    where dim_period.periods_from_now < 3
    group by family_id
),
biased as (
    select
        'bias',
        family_backtest.family_id,
        null,
        null,
        concat(
            dim_family.family_name, ': the forecast one period ahead was ', format('{:.0f}', abs(family_backtest.bias_ratio) * 100), ' % too ',
            case when family_backtest.bias_ratio > 0 then 'high' else 'low' end, ' over ', family_backtest.observations, ' past periods'
        ),
        abs(family_backtest.bias_ratio) * near_revenue.revenue,
        'team:planning'
    from family_backtest
    inner join dim_family using (family_id)
    left join near_revenue using (family_id)
    where family_backtest.lag_periods = 1 and abs(family_backtest.bias_ratio) > $bias_ratio
),
together as (
    select * from staled
    union all
    select * from short_for_lead_time
    union all
    select * from short_for_capacity
    union all
    select * from unready
    union all
    select * from biased
)
select
    kind::varchar as kind,
    family_id::varchar as family_id,
    resource_id::varchar as resource_id,
    subject_id::varchar as subject_id,
    sentence::varchar as sentence,
    money::decimal(18, 2) as money_at_stake_amount,
    owner::varchar as owner
from together
