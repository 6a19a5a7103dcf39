-- One row per family with items of known lead time in its mix: their lead times in periods, weighted by the mix of demand.
with items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

item_suppliers as (
    select * from core.item_suppliers
),

season as (
    select 365.0 / max(season_length_periods) as days_per_period from core.periods
),

-- what is bought takes as long as its suppliers, by their shares
bought as (
    select
        item_id,
        cast(sum(cast(share_ratio * lead_time_days as decimal(38, 9))) as double)
        / nullif(cast(sum(cast(share_ratio as decimal(38, 9))) as double), 0) as lead_time_days
    from item_suppliers
    group by item_id
),

timed as (
    select
        item_mix.family_id,
        item_mix.mix_ratio,
        case when items.sourcing = 'buy' then coalesce(bought.lead_time_days, items.lead_time_days) else items.lead_time_days end as lead_time_days
    from item_mix
    inner join items using (item_id)
    left join bought using (item_id)
),

known as (
    select
        family_id,
        cast(sum(cast(mix_ratio * lead_time_days as decimal(38, 9))) as double) as weighted_days,
        cast(sum(cast(mix_ratio as decimal(38, 9))) as double) as mix_ratio
    from timed
    where lead_time_days is not null
    group by family_id
)

select
    cast(known.family_id as varchar) as family_id,
    cast(known.weighted_days / known.mix_ratio / season.days_per_period as double) as lead_time_periods
from known
cross join season
where known.mix_ratio > 0
order by family_id
