-- One row per item of a family: its share of the family's demand over the last season, and of its supply, in planning units.
with items as (
    select * from core.items where family_id is not null
),

families as (
    select
        family_id,
        production_strategy
    from core.families
),

item_flows as (
    select * from core.item_flows
),

periods as (
    select * from core.periods
),

planning_bills as (
    select
        family_id,
        item_id,
        mix_ratio
    from staging.planning_bills
    where kind = 'variant' and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id order by valid_from desc nulls last) = 1
),

-- families made to stock sell by requested day, the others by booking
sold as (
    select
        item_flows.item_id,
        sum(cast(
            case when families.production_strategy = 'make_to_stock' then item_flows.demand_quantity else item_flows.booked_quantity end
            * items.planning_units_per_unit as decimal(38, 6)
        )) filter (where periods.periods_from_now between -periods.season_length_periods and -1) as season_quantity,
        sum(cast(
            case when families.production_strategy = 'make_to_stock' then item_flows.demand_quantity else item_flows.booked_quantity end
            * items.planning_units_per_unit as decimal(38, 6)
        )) as all_quantity,
        sum(cast(item_flows.issued_quantity * items.planning_units_per_unit as decimal(38, 6))) filter (
            where periods.periods_from_now between -periods.season_length_periods and -1
        ) as season_issued_quantity,
        sum(cast(item_flows.issued_quantity * items.planning_units_per_unit as decimal(38, 6))) as all_issued_quantity,
        sum(cast(
            (item_flows.production_quantity + item_flows.subcontract_quantity + item_flows.purchase_quantity) * items.planning_units_per_unit
            as decimal(38, 6)
        )) as supplied_quantity
    from item_flows
    inner join items using (item_id)
    inner join families on items.family_id = families.family_id
    inner join periods using (period_start)
    group by item_flows.item_id
),

stocked as (
    select
        inventory.item_id,
        sum(cast(inventory.stock_quantity * items.planning_units_per_unit as decimal(38, 6))) as stock_quantity
    from core.item_stock as inventory
    inner join items using (item_id)
    group by inventory.item_id
),

weighed as (
    select
        items.item_id,
        items.family_id,
        coalesce(planning_bills.mix_ratio * items.planning_units_per_unit, 0) as bill_weight,
        greatest(coalesce(sold.season_quantity, 0), 0) as season_weight,
        greatest(coalesce(sold.all_quantity, 0), 0) as history_weight,
        -- what is made of an item is sold, or goes into items of other families
        greatest(coalesce(sold.season_quantity, 0), 0) + greatest(coalesce(sold.season_issued_quantity, 0), 0) as season_use_weight,
        greatest(coalesce(sold.all_quantity, 0), 0) + greatest(coalesce(sold.all_issued_quantity, 0), 0) as history_use_weight,
        greatest(coalesce(stocked.stock_quantity, 0), 0) + greatest(coalesce(sold.supplied_quantity, 0), 0) as supply_weight,
        -- with nothing to go by, items on sale share alike
        case
            when coalesce(items.lifecycle, 'active') in ('design', 'obsolete') or items.phase_out_date < $as_of_date then 0
            when items.is_finished then 1
            else 0
        end as sale_weight
    from items
    left join sold on items.item_id = sold.item_id
    left join stocked on items.item_id = stocked.item_id
    left join planning_bills on items.item_id = planning_bills.item_id and items.family_id = planning_bills.family_id
),

totalled as (
    select
        *,
        sum(bill_weight) over family as family_bill_weight,
        sum(season_weight) over family as family_season_weight,
        sum(history_weight) over family as family_history_weight,
        sum(season_use_weight) over family as family_season_use_weight,
        sum(history_use_weight) over family as family_history_use_weight,
        sum(supply_weight) over family as family_supply_weight,
        sum(sale_weight) over family as family_sale_weight,
        count(*) over family as family_items
    from weighed
    window family as (partition by family_id)
)

select
    cast(item_id as varchar) as item_id,
    cast(family_id as varchar) as family_id,
    cast(case
        when family_bill_weight > 0 then bill_weight / family_bill_weight
        when family_season_weight > 0 then cast(season_weight as double) / cast(family_season_weight as double)
        when family_history_weight > 0 then cast(history_weight as double) / cast(family_history_weight as double)
        when family_supply_weight > 0 then cast(supply_weight as double) / cast(family_supply_weight as double)
        when family_sale_weight > 0 then sale_weight / family_sale_weight
        else 1 / family_items
    end as double) as mix_ratio,
    cast(case
        when family_bill_weight > 0 then 'planning_bill'
        when family_season_weight > 0 then 'last_season'
        when family_history_weight > 0 then 'all_history'
        when family_supply_weight > 0 then 'stock_and_production'
        else 'equal'
    end as varchar) as basis,
    cast(case
        when family_bill_weight > 0 then bill_weight / family_bill_weight
        when family_season_use_weight > 0 then cast(season_use_weight as double) / cast(family_season_use_weight as double)
        when family_history_use_weight > 0 then cast(history_use_weight as double) / cast(family_history_use_weight as double)
        when family_supply_weight > 0 then cast(supply_weight as double) / cast(family_supply_weight as double)
        when family_sale_weight > 0 then sale_weight / family_sale_weight
        else 1 / family_items
    end as double) as supply_mix_ratio
from totalled
order by item_id
