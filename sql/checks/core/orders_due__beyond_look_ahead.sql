-- One row per family with open orders due after the look-ahead: they wait in the backlog, but no planned period ships them.
-- severity: warning
-- owner: team:sales
-- hint: Check the due dates; raise horizon_periods in sop.yaml if they are right.
with order_lines as (
    select * from core.order_lines where open_quantity > 0
),

last_day as (
    select max(period_end) as last_day from core.periods
)

select
    cast(order_lines.family_id as varchar) as family_id,
    cast(max(order_lines.due_date) as date) as last_due_date,
    cast(sum(cast(order_lines.open_quantity * order_lines.planning_units_per_unit as decimal(38, 6))) as double) as open_quantity
from order_lines
cross join last_day
where order_lines.due_date > last_day.last_day
group by order_lines.family_id
order by order_lines.family_id
