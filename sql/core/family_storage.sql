-- One row per family with items in its mix: what a planning unit of it takes of a store, weighted by the mix of its supply.
with items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

stored as (
    select
        item_id,
        storage_volume_m3,
        storage_pallets
    from staging.items
)

select
    cast(item_mix.family_id as varchar) as family_id,
    -- an item without a size takes no space that anybody knows of; where none has one, nothing is known
    cast(
        sum(cast(item_mix.supply_mix_ratio / items.planning_units_per_unit * stored.storage_volume_m3 as decimal(38, 9))) as double
    ) as volume_m3_per_unit,
    cast(
        sum(cast(item_mix.supply_mix_ratio / items.planning_units_per_unit * stored.storage_pallets as decimal(38, 9))) as double
    ) as pallets_per_unit,
    cast(sum(cast(item_mix.supply_mix_ratio / items.planning_units_per_unit as decimal(38, 9))) as double) as units_per_unit
from item_mix
inner join items using (item_id)
inner join stored using (item_id)
group by item_mix.family_id
order by family_id
