-- One row per kind of exception and what it is about, for what the plan rests on: extracts, forecasts, launches, master data, the horizon.
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
product_changes as (select * from sop.product_changes),
parameter_audit as (select * from sop.parameter_audit),
material_plan as (select * from sop.material_plan where plan_version = 'working' and scenario_id = 'base' and not is_master_scheduled),
forecast_accuracy as (select * from sop.forecast_accuracy),
horizon as (
    select
        min(period_start) as first_day,
        max(period_end) as last_day,
        last_day - cast($as_of_date as date) + 1 as days
    from dim_period
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
-- families that feed each other in a circle are planned one after the other, so what closes the circle cannot be planned
feeds as (
    select distinct
        family_id,
        component_family_id
    from core.family_usage
),
fed as (
    with recursive reached as (
        select
            family_id,
            component_family_id
        from feeds
        union
        select
            reached.family_id,
            feeds.component_family_id
        from reached
        inner join feeds on reached.component_family_id = feeds.family_id
    )

    select family_id
    from reached
    where family_id = component_family_id
),
circular as (
    select
        'circular_families',
        fed.family_id,
        null,
        null,
        concat(
            dim_family.family_name, ': its items and those of ', string_agg(component.family_name, ', ' order by component.family_name),
            ' go into each other in a circle; what the families take of each other is not planned'
        ),
        null,
        'team:engineering'
    from fed
    inner join dim_family using (family_id)
    inner join feeds on fed.family_id = feeds.family_id and feeds.component_family_id in (select family_id from fed)
    inner join dim_family as component on feeds.component_family_id = component.family_id
    group by fed.family_id, dim_family.family_name
),
launch_money as (
    select
        item_demand.item_id,
        sum((item_demand.quantity * item_prices.net_price_amount)::decimal(38, 6))::double as money
    from item_demand
    semi join product_changes on item_demand.item_id = product_changes.item_id and product_changes.change_kind = 'launch'
    inner join dim_period on item_demand.period_start = dim_period.period_start
    inner join item_prices on item_demand.item_id = item_prices.item_id and item_demand.period_start = item_prices.period_start
    group by item_demand.item_id
),
unready as (
    select
        'launch_not_ready',
        product_changes.family_id,
        null,
        product_changes.item_id,
        concat(items.item_name, ' goes on sale on ', product_changes.change_date, ' without ', coalesce(product_changes.missing, 'all it needs')),
        launch_money.money,
        'team:engineering'
    from product_changes
    inner join items using (item_id)
    left join launch_money using (item_id)
    where
        product_changes.change_kind = 'launch'
        and not product_changes.is_ready
        and product_changes.change_date between cast($as_of_date as date) and (select last_day from horizon)
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
-- what people agreed on is judged once enough of it was published; the forecast before that
judged as (
    select *
    from forecast_accuracy
    where lag_periods = 1 and family_id <> '*' and (step = 'statistical' or (step = 'demand_review' and basis = 'published'))
    qualify row_number() over (partition by family_id order by step_order desc) = 1
),
biased as (
    select
        'bias',
        judged.family_id,
        null,
        null,
        concat(
            dim_family.family_name, ': the ', case judged.step when 'statistical' then 'forecast' else 'demand plan' end, ' one period ahead was ',
            format('{:.0f}', abs(judged.bias_ratio) * 100), ' % too ', case when judged.bias_ratio > 0 then 'high' else 'low' end, ' over ',
            judged.observations, ' past periods (', judged.basis, ')'
        ),
        abs(judged.bias_ratio) * near_revenue.revenue,
        'team:planning'
    from judged
    inner join dim_family using (family_id)
    left join near_revenue using (family_id)
    -- one or two misses say nothing of the next
    where abs(judged.bias_ratio) > $bias_ratio and judged.observations >= 3
),
drifts as (
    select
        family_id,
        parameter,
        count(*) filter (where verdict = 'drifted') as drifted,
        count(*) filter (where verdict <> 'too few') as judged,
        arg_max(item_id, abs(drift_ratio) * observations) filter (where verdict = 'drifted') as worst_item_id,
        arg_max(master_value, abs(drift_ratio) * observations) filter (where verdict = 'drifted') as worst_master_value,
        arg_max(measured_value, abs(drift_ratio) * observations) filter (where verdict = 'drifted') as worst_measured_value,
        arg_max(unit, abs(drift_ratio) * observations) filter (where verdict = 'drifted') as worst_unit
    from parameter_audit
    group by family_id, parameter
    having drifted > 0
),
drifted as (
    select
        'parameter_drift',
        drifts.family_id,
        null,
        drifts.parameter,
        concat(
            coalesce(dim_family.family_name, 'Items of no family'), ': ', replace(regexp_replace(drifts.parameter, '_(days|ratio|quantity)$', ''), '_', ' '), ' of ', drifts.drifted, ' of ',
            drifts.judged, ' measured is not what the master data say'
            || ', such as ' || drifts.worst_item_id || ': ' || format('{:.4g}', drifts.worst_master_value) || ' stated, '
            || format('{:.4g}', drifts.worst_measured_value) || ' measured, in ' || drifts.worst_unit
        ),
        null,
        'team:engineering'
    from drifts
    left join dim_family using (family_id)
),
late_orders as (
    select
        'past_due_release',
        null,
        null,
        sourcing,
        concat(
            count(*), case when sourcing = 'buy' then ' bought' else ' made' end, ' items are needed sooner than their lead time allows, most of all ',
            arg_max(item_id, past_due_release_quantity * value_amount::double / planned_order_quantity)
        ),
        sum((past_due_release_quantity * value_amount::double / planned_order_quantity)::decimal(38, 6)),
        case when sourcing = 'buy' then 'team:supply_chain' else 'team:production' end
    from (
        select
            item_id,
            any_value(sourcing) as sourcing,
            sum(past_due_release_quantity::decimal(38, 6))::double as past_due_release_quantity,
            sum(planned_order_quantity::decimal(38, 6))::double as planned_order_quantity,
            sum(value_amount) as value_amount
        from material_plan
        group by item_id
        having sum(past_due_release_quantity) > 0
    )
    group by sourcing
),
together as (
    select * from staled
    union all
    select * from short_for_lead_time
    union all
    select * from short_for_capacity
    union all
    select * from circular
    union all
    select * from unready
    union all
    select * from biased
    union all
    select * from drifted
    union all
    select * from late_orders
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
