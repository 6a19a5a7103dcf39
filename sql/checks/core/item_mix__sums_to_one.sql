-- One row per family whose items' shares do not sum to 1.
-- severity: stop
-- owner: team:planning
-- hint: sql/core/item_mix.sql is broken; nothing in the extracts can cause this.
with item_mix as (
    select * from core.item_mix
)

select
    cast(family_id as varchar) as family_id,
    cast(sum(mix_ratio) as double) as mix_ratio
from item_mix
group by family_id
having abs(sum(mix_ratio) - 1) > 1e-6
order by family_id
