-- One row per make-to-stock family with a demand time fence: inside it only orders count, and what is sold from stock is mostly not ordered yet.
-- severity: warning
-- owner: team:engineering
-- hint: Set demand_time_fence_periods to 0 for a family that is sold from stock.
with families as (
    select * from core.families
)

select
    cast(family_id as varchar) as family_id,
    cast(production_strategy as varchar) as production_strategy,
    cast(demand_time_fence_periods as bigint) as demand_time_fence_periods
from families
where production_strategy = 'make_to_stock' and demand_time_fence_periods > 0
order by family_id
