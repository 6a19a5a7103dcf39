-- One row per consuming and supplying family and offset: planning units of the supplier in one of the consumer, mix-weighted.
with item_requirements as (
    select * from core.item_requirements where is_of_other_family
),

items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

season as (
    select 365.0 / max(season_length_periods) as days_per_period from core.periods
),

planning_bills as (
    select
        family_id,
        item_id,
        mix_ratio
    from staging.planning_bills
    where kind <> 'variant' and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id order by valid_from desc nulls last) = 1
),

contents as (
    select
        item_mix.item_id,
        item_mix.family_id,
        item_mix.supply_mix_ratio / items.planning_units_per_unit as units_per_planning_unit
    from item_mix
    inner join items using (item_id)
    union all
    select
        planning_bills.item_id,
        planning_bills.family_id,
        planning_bills.mix_ratio as units_per_planning_unit
    from planning_bills
    inner join items on planning_bills.item_id = items.item_id and planning_bills.family_id = items.family_id
),

usages as (
    select
        contents.family_id,
        components.family_id as component_family_id,
        round(item_requirements.lead_time_offset_days / season.days_per_period) as lead_time_offset_periods,
        contents.units_per_planning_unit * item_requirements.gross_quantity_per * components.planning_units_per_unit as quantity_per_unit
    from contents
    inner join item_requirements using (item_id)
    inner join items as components on item_requirements.component_item_id = components.item_id
    cross join season
    union all
    -- options and common parts that are planned as another family
    select
        planning_bills.family_id,
        options.family_id as component_family_id,
        0 as lead_time_offset_periods,
        planning_bills.mix_ratio * options.planning_units_per_unit as quantity_per_unit
    from planning_bills
    inner join items as options on planning_bills.item_id = options.item_id and planning_bills.family_id <> options.family_id
)

select
    cast(family_id as varchar) as family_id,
    cast(component_family_id as varchar) as component_family_id,
    cast(lead_time_offset_periods as bigint) as lead_time_offset_periods,
    cast(sum(cast(quantity_per_unit as decimal(38, 9))) as double) as quantity_per_unit
from usages
group by family_id, component_family_id, lead_time_offset_periods
having sum(cast(quantity_per_unit as decimal(38, 9))) > 0
order by family_id, component_family_id, lead_time_offset_periods
