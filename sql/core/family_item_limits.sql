-- One row per family whose items spoil or are made in smallest lots: how long it keeps, and the smallest run it is made in, by its supply mix.
with items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix where supply_mix_ratio > 0
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

shelf_lives as (
    select
        item_id,
        shelf_life_days
    from staging.items
),

length as (
    select cast(sum(period_end - period_start + 1) as double) / count(*) as days from periods
),

weighed as (
    select
        item_mix.family_id,
        items.item_id,
        shelf_lives.shelf_life_days,
        items.sourcing,
        cast(item_mix.supply_mix_ratio as decimal(38, 9)) as weight,
        -- an item without a smallest lot is made in any quantity
        cast(
            coalesce(items.lot_minimum_quantity, 0) * items.planning_units_per_unit * item_mix.supply_mix_ratio as decimal(38, 9)
        ) as weighed_lot,
        sum(cast(item_mix.supply_mix_ratio as decimal(38, 9))) over (
            partition by item_mix.family_id
            order by shelf_lives.shelf_life_days nulls last
            range between unbounded preceding and current row
        ) as weight_so_far
    from item_mix
    inner join items using (item_id)
    inner join shelf_lives using (item_id)
),

grouped as (
    select
        family_id,
        sum(weight) as weight,
        coalesce(sum(weight) filter (where shelf_life_days is not null), 0) as perishable_weight,
        min(shelf_life_days) as shortest_shelf_life_days,
        sum(weight) filter (where sourcing = 'make') as made_weight,
        sum(weighed_lot) filter (where sourcing = 'make') as made_lot
    from weighed
    group by family_id
),

-- the life that half of the supply does not outlast: a few short-lived items do not bind the others, nor long-lived ones hide the rest
halves as (
    select
        weighed.family_id,
        min(weighed.shelf_life_days) as shelf_life_days
    from weighed
    inner join grouped using (family_id)
    where weighed.shelf_life_days is not null and 2 * weighed.weight_so_far >= grouped.weight
    group by weighed.family_id
)

select
    cast(grouped.family_id as varchar) as family_id,
    cast(halves.shelf_life_days as bigint) as shelf_life_days,
    cast(case when halves.shelf_life_days is not null then greatest(floor(halves.shelf_life_days / length.days), 1) end as bigint) as shelf_life_periods,
    cast(grouped.shortest_shelf_life_days as bigint) as shortest_shelf_life_days,
    cast(cast(grouped.perishable_weight as double) / cast(grouped.weight as double) as double) as perishable_ratio,
    cast(cast(nullif(grouped.made_lot, 0) as double) / cast(grouped.made_weight as double) as double) as minimum_run_quantity
from grouped
cross join length
left join halves using (family_id)
where grouped.shortest_shelf_life_days is not null or grouped.made_lot > 0
order by family_id
