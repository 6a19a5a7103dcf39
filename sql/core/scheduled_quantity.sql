-- One row per family and period: what work orders in hand will complete, in planning units; late ones in the current period.
with open_work_orders as (
    select * from staging.open_work_orders
),

items as (
    select * from core.items where family_id is not null
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

planned as (
    select
        items.family_id,
        greatest(open_work_orders.due_date, cast($as_of_date as date)) as planned_date,
        cast(open_work_orders.remaining_quantity * items.planning_units_per_unit as decimal(38, 6)) as remaining_quantity
    from open_work_orders
    inner join items using (item_id)
)

select
    cast(planned.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(sum(planned.remaining_quantity) as double) as scheduled_quantity
from planned
inner join periods on planned.planned_date between periods.period_start and periods.period_end
group by planned.family_id, periods.period_start
order by planned.family_id, periods.period_start
