-- One row per item and site with stock on the latest snapshot before the as-of date.
with
periods as (select * from core.periods),
families as (select * from core.families),
items as (select * from core.items),
shelf_lives as (select item_id, shelf_life_days from staging.items where shelf_life_days is not null),
snapshot_sites as (select * from core.snapshot_sites where is_latest),
inventory as (
    select
        item_id,
        coalesce(nullif(site_id, '*'), '') as site_id,
        snapshot_date,
        quantity,
        unit_of_measure
    from staging.inventory
    where list_contains($inventory_statuses, stock_status)
),
unit_factors as (select * from core.unit_factors),
item_costs as (select * from core.item_costs),
item_classes as (select * from forecast.item_classes),
item_flows as (select * from core.item_flows),
inventory_movements as (select * from staging.inventory_movements where movement_type = 'issue' and movement_date < $as_of_date),
item_components as (select * from core.item_components),
material_requirements as (select * from plan.material_requirements where scenario_id = 'base'),
site_working_days as (select * from core.site_working_days),
policies as (
    select
        nullif(item_id, '*') as item_id,
        nullif(family_id, '*') as family_id,
        maximum_days_of_supply
    from staging.inventory_policies
    where valid_from <= $as_of_date
    qualify row_number() over (partition by item_id, family_id order by valid_from desc) = 1
),
current_period as (select * from periods where periods_from_now = 0),
season as (select min(period_start) as first_day from periods where periods_from_now between -season_length_periods and -1),
at_sites as (
    select
        inventory.item_id,
        inventory.site_id,
        max(snapshot_sites.snapshot_date) as snapshot_date,
        sum((inventory.quantity * unit_factors.factor)::decimal(38, 6))::double as quantity
    from inventory
    inner join snapshot_sites
        on inventory.snapshot_date = snapshot_sites.site_snapshot_date and inventory.site_id = snapshot_sites.site_id
    inner join items on inventory.item_id = items.item_id
    inner join unit_factors
        on inventory.item_id = unit_factors.item_id and coalesce(inventory.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    group by inventory.item_id, inventory.site_id
),
stocked as (
    select
        item_id,
        sum(quantity::decimal(38, 6))::double as item_quantity,
        max(snapshot_date) as snapshot_date
    from at_sites
    group by item_id
),
-- what customers and the production of other items are planned to take of an item, from today on
ahead as (
    select
        material_requirements.item_id,
        material_requirements.period_start,
        coalesce(site_working_days.remaining_working_days, 0) as working_days,
        material_requirements.gross_requirement_quantity as quantity
    from material_requirements
    inner join stocked on material_requirements.item_id = stocked.item_id
    inner join items on material_requirements.item_id = items.item_id
    left join families on items.family_id = families.family_id
    left join site_working_days
        on
            coalesce(families.site_id, '') = site_working_days.site_id
            and material_requirements.period_start = site_working_days.period_start
),
walked as (
    select
        *,
        sum(quantity::decimal(38, 9)) over so_far::double - quantity as quantity_before,
        sum(working_days::decimal(38, 9)) over so_far::double - working_days as days_before
    from ahead
    window so_far as (partition by item_id order by period_start)
),
maximums as (
    select
        items.item_id,
        case
            when of_items.item_id is not null then of_items.maximum_days_of_supply
            else of_families.maximum_days_of_supply
        end as maximum_days_of_supply
    from items
    left join policies as of_items on items.item_id = of_items.item_id
    left join policies as of_families on items.family_id = of_families.family_id
),
covered as (
    select
        walked.item_id,
        any_value(maximums.maximum_days_of_supply) as maximum_days_of_supply,
        sum(walked.quantity::decimal(38, 6))::double as planned_quantity,
        -- of each period the share that the stock lasts for
        sum((
            walked.working_days
            * case
                when walked.quantity > 0 then least(greatest((stocked.item_quantity - walked.quantity_before) / walked.quantity, 0), 1)
                when stocked.item_quantity > walked.quantity_before then 1
                else 0
            end
        )::decimal(38, 6))::double as days_of_supply,
        -- of each period the share that the maximum cover reaches into
        sum((
            walked.quantity
            * case
                when walked.working_days > 0
                    then least(greatest((maximums.maximum_days_of_supply - walked.days_before) / walked.working_days, 0), 1)
                else 0
            end
        )::decimal(38, 6))::double as maximum_quantity
    from walked
    inner join stocked on walked.item_id = stocked.item_id
    inner join maximums on walked.item_id = maximums.item_id
    group by walked.item_id
),
last_used as (
    select
        item_id,
        max(flow_date) filter (where demand_quantity <> 0 or booked_quantity <> 0 or shipped_quantity > 0 or issued_quantity > 0) as used_on
    from item_flows
    group by item_id
    union all
    select
        item_id,
        max(movement_date)
    from inventory_movements
    group by item_id
    union all
    select
        item_components.component_item_id,
        max(item_flows.flow_date)
    from item_flows
    inner join item_components on item_flows.item_id = item_components.parent_item_id
    where item_flows.production_quantity > 0
    group by item_components.component_item_id
),
used as (
    select
        item_id,
        max(used_on) as last_used_on
    from last_used
    group by item_id
),
-- first in, first out: what came in within the shelf life is good, the rest of the stock is older
come_in as (
    select
        item_flows.item_id,
        sum((item_flows.production_quantity + item_flows.subcontract_quantity + item_flows.purchase_quantity)::decimal(38, 6))::double as quantity
    from item_flows
    inner join shelf_lives on item_flows.item_id = shelf_lives.item_id
    where item_flows.flow_date >= $as_of_date - shelf_lives.shelf_life_days::integer
    group by item_flows.item_id
),
judged as (
    select
        at_sites.*,
        at_sites.quantity / nullif(stocked.item_quantity, 0) as site_ratio,
        stocked.item_quantity,
        items.family_id,
        items.unit_of_measure,
        covered.planned_quantity,
        case when stocked.item_quantity < covered.planned_quantity then covered.days_of_supply end as days_of_supply,
        case
            when covered.maximum_days_of_supply is not null then greatest(stocked.item_quantity - covered.maximum_quantity, 0)
        end as item_above_maximum_quantity,
        used.last_used_on,
        coalesce(used.last_used_on < season.first_day, true) as has_no_demand,
        coalesce(items.phase_out_date < $as_of_date, false) as is_after_phase_out,
        case
            when shelf_lives.item_id is not null then greatest(stocked.item_quantity - coalesce(come_in.quantity, 0), 0)
        end as item_past_shelf_life_quantity
    from at_sites
    cross join season
    inner join stocked on at_sites.item_id = stocked.item_id
    inner join items on at_sites.item_id = items.item_id
    left join covered on at_sites.item_id = covered.item_id
    left join used on at_sites.item_id = used.item_id
    left join shelf_lives on at_sites.item_id = shelf_lives.item_id
    left join come_in on at_sites.item_id = come_in.item_id
    where at_sites.quantity <> 0
)
select
    judged.item_id::varchar as item_id,
    judged.site_id::varchar as site_id,
    judged.family_id::varchar as family_id,
    judged.snapshot_date::date as snapshot_date,
    judged.unit_of_measure::varchar as unit_of_measure,
    judged.quantity::double as quantity,
    $reporting_currency::varchar as currency,
    (judged.quantity * item_costs.total_cost_amount)::decimal(18, 2) as value_amount,
    case
        when judged.item_past_shelf_life_quantity > 0 then 'past_shelf_life'
        when judged.is_after_phase_out then 'after_phase_out'
        when judged.has_no_demand then 'no_demand'
        when judged.item_above_maximum_quantity > 0 then 'above_maximum'
        else 'healthy'
    end::varchar as stock_class,
    item_classes.abc_class::varchar as abc_class,
    item_classes.xyz_class::varchar as xyz_class,
    round(judged.days_of_supply, 6)::double as days_of_supply,
    round(judged.item_above_maximum_quantity * judged.site_ratio, 6)::double as above_maximum_quantity,
    (judged.item_above_maximum_quantity * judged.site_ratio * item_costs.total_cost_amount)::decimal(18, 2) as above_maximum_amount,
    judged.last_used_on::date as last_used_on,
    judged.has_no_demand::boolean as has_no_demand,
    judged.is_after_phase_out::boolean as is_after_phase_out,
    round(judged.item_past_shelf_life_quantity * judged.site_ratio, 6)::double as past_shelf_life_quantity
from judged
cross join current_period
left join item_costs on judged.item_id = item_costs.item_id and current_period.period_start = item_costs.period_start
left join item_classes on judged.item_id = item_classes.item_id
