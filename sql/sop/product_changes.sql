-- One row per launch, phase-out, engineering change or promotion of the last season and the horizon.
with
periods as (select * from core.periods),
items as (select * from core.items),
product_launches as (select * from staging.product_launches),
engineering_changes as (select * from staging.engineering_changes),
promotions as (
    select
        * replace (nullif(item_id, '*') as item_id, nullif(family_id, '*') as family_id)
    from staging.promotions
    where promotion_status <> 'cancelled'
),
extract_status as (select * from sop.extract_status),
bill_of_materials as (select * from staging.bill_of_materials),
routings as (select * from staging.routings),
bill_of_resources as (
    select
        nullif(item_id, '*') as item_id,
        nullif(family_id, '*') as family_id,
        valid_from
    from staging.bill_of_resources
),
standard_costs as (select * from staging.standard_costs),
prices as (select * from staging.prices),
item_prices as (select * from core.item_prices where is_derived),
supplier_items as (select * from staging.supplier_items),
item_stock as (select * from core.item_stock where is_latest),
item_costs as (select * from core.item_costs),
item_demand as (select * from plan.item_demand where scenario_id = 'base'),
demand_events as (select * from plan.demand_events where scenario_id = 'base'),
item_history as (select * from core.item_period_history where periods_from_now = 0),
season_window as (
    select
        min(period_start) filter (where periods_from_now >= -season_length_periods) as first_day,
        max(period_end) filter (where period_kind <> 'look_ahead') as last_day,
        max(period_start) filter (where periods_from_now = 0) as current_start
    from periods
),
supplied as (
    select
        bool_or(extract = 'bill_of_materials') as has_bills,
        bool_or(extract in ('routings', 'bill_of_resources')) as has_routings,
        bool_or(extract = 'prices') as has_prices,
        bool_or(extract = 'supplier_items') as has_suppliers
    from extract_status
    where load_status <> 'not_supplied'
),
launches as (
    select
        'launch' as change_kind,
        items.item_id as change_id,
        items.family_id,
        items.item_id,
        items.item_id as coming_item_id,
        null::varchar as going_item_id,
        coalesce(product_launches.launch_date, items.introduction_date) as change_date,
        null::date as end_date,
        case when coalesce(product_launches.launch_date, items.introduction_date) < $as_of_date then 'launched' else 'planned' end as status,
        concat_ws(
            ', ',
            'like ' || product_launches.like_item_id || coalesce(' at ' || round(100 * product_launches.like_item_scale)::bigint || ' %', ''),
            round(product_launches.expected_period_quantity, 2)::double || ' a period expected',
            'over ' || product_launches.ramp_periods || case product_launches.ramp_periods when 1 then ' period' else ' periods' end,
            'confidence ' || product_launches.confidence
        ) as effect
    from items
    left join product_launches using (item_id)
    where product_launches.item_id is not null or (items.lifecycle in ('design', 'launch') and items.introduction_date is not null)
),
phase_outs as (
    select
        'phase_out' as change_kind,
        item_id as change_id,
        family_id,
        item_id,
        successor_item_id as coming_item_id,
        item_id as going_item_id,
        phase_out_date as change_date,
        null::date as end_date,
        case when phase_out_date < $as_of_date then 'done' else 'planned' end as status,
        'succeeded by ' || successor_item_id as effect
    from items
    where phase_out_date is not null
),
changes as (
    select
        'engineering_change' as change_kind,
        engineering_changes.change_id,
        items.family_id,
        engineering_changes.new_item_id as item_id,
        engineering_changes.new_item_id as coming_item_id,
        engineering_changes.old_item_id as going_item_id,
        engineering_changes.effective_date as change_date,
        null::date as end_date,
        engineering_changes.change_status as status,
        engineering_changes.old_item_id || ' gives way, old stock: ' || replace(engineering_changes.disposition, '_', ' ') as effect
    from engineering_changes
    inner join items on engineering_changes.new_item_id = items.item_id
),
-- what a promotion adds while it runs, less what it takes from the period after; what an item that ends leaves unsold
effects as (
    select
        case demand_events.event_kind when 'pull_forward' then 'promotion' else demand_events.event_kind end as change_kind,
        demand_events.event_id as change_id,
        demand_events.family_id,
        demand_events.item_id,
        sum(demand_events.change_quantity::decimal(38, 6))::double as effect_quantity
    from demand_events
    inner join periods on demand_events.period_start = periods.period_start and periods.period_kind <> 'look_ahead'
    where demand_events.event_kind in ('promotion', 'pull_forward', 'phase_out')
    group by all
),
promoted as (
    select
        'promotion' as change_kind,
        promotions.promotion_id as change_id,
        coalesce(promotions.family_id, items.family_id) as family_id,
        promotions.item_id,
        null::varchar as coming_item_id,
        null::varchar as going_item_id,
        promotions.start_date as change_date,
        promotions.end_date,
        promotions.promotion_status as status,
        concat_ws(
            ', ',
            'uplift ' || round(100 * promotions.uplift_ratio)::bigint || ' %',
            'uplift ' || promotions.uplift_quantity::double || ' in all',
            round(100 * nullif(promotions.pull_forward_ratio, 0))::bigint || ' % of it from the period after'
        ) as effect
    from promotions
    left join items using (item_id)
),
together as (
    select * from launches
    union all
    select * from phase_outs
    union all
    select * from changes
    union all
    select * from promoted
),
dated as (
    select together.*
    from together
    cross join season_window
    where together.change_date <= season_window.last_day and coalesce(together.end_date, together.change_date) >= season_window.first_day
),
-- a part is needed of what is made, of what is bought, of what is sold; what is not needed or not supplied is not judged
readiness as (
    select distinct
        dated.coming_item_id,
        dated.change_date,
        case
            when items.sourcing = 'make' and supplied.has_bills
                then exists(
                    select * from bill_of_materials
                    where
                        bill_of_materials.parent_item_id = dated.coming_item_id
                        and coalesce(bill_of_materials.valid_from <= dated.change_date, true)
                        and coalesce(bill_of_materials.valid_to > dated.change_date, true)
                )
        end as has_bill_of_material,
        case
            when items.sourcing = 'make' and supplied.has_routings
                then exists(
                    select * from routings
                    where routings.item_id = dated.coming_item_id and coalesce(routings.valid_from <= dated.change_date, true)
                )
                or exists(
                    select * from bill_of_resources
                    where
                        (bill_of_resources.item_id = dated.coming_item_id or bill_of_resources.family_id = items.family_id)
                        and coalesce(bill_of_resources.valid_from <= dated.change_date, true)
                )
        end as has_routing,
        exists(
            select * from standard_costs
            where standard_costs.item_id = dated.coming_item_id and standard_costs.valid_from <= dated.change_date
        ) as has_cost,
        case
            when items.family_id is not null and supplied.has_prices
                then exists(
                    select * from prices
                    where prices.item_id = dated.coming_item_id and prices.valid_from <= dated.change_date
                )
                or exists(select * from item_prices where item_prices.item_id = dated.coming_item_id)
        end as has_price,
        -- stock is asked for once the day has come
        case
            when dated.change_date <= $as_of_date
                then coalesce((select sum(stock_quantity) from item_stock where item_stock.item_id = dated.coming_item_id), 0) > 0
        end as has_stock,
        case
            when items.sourcing = 'buy' and supplied.has_suppliers
                then exists(
                    select * from supplier_items
                    where supplier_items.item_id = dated.coming_item_id and coalesce(supplier_items.valid_from <= dated.change_date, true)
                )
        end as has_supplier
    from dated
    inner join items on dated.coming_item_id = items.item_id
    cross join supplied
),
-- what is planned of the item that goes until it goes, less what the current period has seen of it
until_gone as (
    select
        dated.change_kind,
        dated.change_id,
        sum((
            greatest(
                item_demand.quantity
                - case when item_demand.period_start = season_window.current_start then coalesce(item_history.demand_quantity, 0) else 0 end,
                0
            )
        )::decimal(38, 6))::double as demand_until_quantity
    from dated
    cross join season_window
    inner join item_demand
        on
            dated.going_item_id = item_demand.item_id
            and item_demand.step = 'executive'
            and item_demand.period_start <= dated.change_date
    left join item_history on item_demand.item_id = item_history.item_id
    group by dated.change_kind, dated.change_id
),
stocks as (
    select
        dated.change_kind,
        dated.change_id,
        item_stock.stock_quantity,
        -- of an item that is off sale nothing is wanted; of one that is in no demand plan nobody knows
        case when dated.change_date < $as_of_date then 0 else until_gone.demand_until_quantity end as wanted_quantity,
        case when wanted_quantity is not null then greatest(item_stock.stock_quantity - wanted_quantity, 0) end as stock_left_quantity
    from dated
    inner join item_stock on dated.going_item_id = item_stock.item_id
    left join until_gone on dated.change_kind = until_gone.change_kind and dated.change_id = until_gone.change_id
),
launched_demand as (
    select
        item_demand.item_id,
        sum((item_demand.quantity * items.planning_units_per_unit)::decimal(38, 6))::double as planned_quantity
    from item_demand
    inner join items using (item_id)
    inner join periods on item_demand.period_start = periods.period_start and periods.period_kind <> 'look_ahead'
    where item_demand.step = 'executive'
    group by item_demand.item_id
)
select
    dated.change_kind::varchar as change_kind,
    dated.change_id::varchar as change_id,
    dated.family_id::varchar as family_id,
    coalesce(dated.item_id, '')::varchar as item_id,
    dated.change_date::date as change_date,
    dated.end_date::date as end_date,
    dated.status::varchar as status,
    nullif(dated.effect, '')::varchar as effect,
    coalesce(effects.effect_quantity, launched_demand.planned_quantity)::double as effect_quantity,
    dated.coming_item_id::varchar as coming_item_id,
    dated.going_item_id::varchar as going_item_id,
    readiness.has_bill_of_material::boolean as has_bill_of_material,
    readiness.has_routing::boolean as has_routing,
    readiness.has_cost::boolean as has_cost,
    readiness.has_price::boolean as has_price,
    readiness.has_stock::boolean as has_stock,
    readiness.has_supplier::boolean as has_supplier,
    case
        when readiness.coming_item_id is not null
            then
                coalesce(readiness.has_bill_of_material, true)
                and coalesce(readiness.has_routing, true)
                and readiness.has_cost
                and coalesce(readiness.has_price, true)
                and coalesce(readiness.has_stock, true)
                and coalesce(readiness.has_supplier, true)
    end::boolean as is_ready,
    nullif(concat_ws(
        ', ',
        case when not readiness.has_bill_of_material then 'bill of material' end,
        case when not readiness.has_routing then 'routing' end,
        case when not readiness.has_cost then 'cost' end,
        case when not readiness.has_price then 'price' end,
        case when not readiness.has_stock then 'stock' end,
        case when not readiness.has_supplier then 'supplier' end
    ), '')::varchar as missing,
    stocks.stock_quantity::double as stock_to_use_up_quantity,
    stocks.wanted_quantity::double as demand_until_quantity,
    stocks.stock_left_quantity::double as stock_left_quantity,
    $reporting_currency::varchar as currency,
    (stocks.stock_left_quantity * item_costs.total_cost_amount)::decimal(18, 2) as stock_left_amount
from dated
cross join season_window
left join readiness on dated.coming_item_id = readiness.coming_item_id and dated.change_date = readiness.change_date
left join effects
    on
        dated.change_kind = effects.change_kind
        and dated.change_id = effects.change_id
        and dated.family_id = effects.family_id
        and coalesce(dated.item_id, '') = effects.item_id
left join launched_demand on dated.change_kind = 'launch' and dated.item_id = launched_demand.item_id
left join stocks on dated.change_kind = stocks.change_kind and dated.change_id = stocks.change_id
left join item_costs on dated.going_item_id = item_costs.item_id and season_window.current_start = item_costs.period_start
