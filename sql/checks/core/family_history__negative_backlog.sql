-- One row per family whose backlog, rolled back from today's open orders, was below zero at the end of some period.
-- severity: warning
-- owner: team:sales
-- hint: More was shipped than booked since then: send the orders of the early shipments, or the shipments of the early orders.
with family_history as (
    select * from core.family_history
)

select
    cast(family_id as varchar) as family_id,
    cast(count(*) as bigint) as periods_below_zero,
    cast(max(period_start) as date) as last_period,
    cast(min(closing_backlog_quantity) as double) as lowest_backlog_quantity
from family_history
where closing_backlog_quantity < -1e-6
group by family_id
order by family_id
