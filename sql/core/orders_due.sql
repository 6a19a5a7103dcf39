-- One row per family and period from the current one on in which open orders are due; past-due orders stand in the current one.
with order_lines as (
    select * from core.order_lines where open_quantity > 0
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

open_lines as (
    select
        family_id,
        greatest(due_date, cast($as_of_date as date)) as planned_date,
        due_date < $as_of_date as is_past_due,
        cast(open_quantity * planning_units_per_unit as decimal(38, 6)) as open_quantity
    from order_lines
)

select
    cast(open_lines.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(coalesce(sum(open_lines.open_quantity) filter (where not open_lines.is_past_due), 0) as double) as orders_due_quantity,
    cast(coalesce(sum(open_lines.open_quantity) filter (where open_lines.is_past_due), 0) as double) as past_due_quantity
from open_lines
inner join periods on open_lines.planned_date between periods.period_start and periods.period_end
group by open_lines.family_id, periods.period_start
order by open_lines.family_id, periods.period_start
