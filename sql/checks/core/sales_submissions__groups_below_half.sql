-- One row per submitted cell whose customer groups bought less than half of last season's demand: the rest of the market is not in it.
-- severity: warning
-- owner: team:sales
-- hint: Submit the missing customer groups of the cell, or the whole of it without a group.
with sales_submissions as (
    select * from core.sales_submissions
)

select
    cast(family_id as varchar) as family_id,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(covered_ratio as double) as covered_ratio
from sales_submissions
where covered_ratio < 0.5
order by family_id, item_id, period_start
