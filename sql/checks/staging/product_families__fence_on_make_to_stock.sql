-- One row per make-to-stock family with a demand time fence: inside it only orders count, and what is sold from stock is mostly not ordered yet.
-- severity: warning
-- owner: team:engineering
-- column: demand_time_fence_periods
-- hint: Set demand_time_fence_periods to 0 for a family that is sold from stock.
with product_families as (
    select * from staging.product_families
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(demand_time_fence_periods as varchar) as value
from product_families
where production_strategy = 'make_to_stock' and demand_time_fence_periods > 0
