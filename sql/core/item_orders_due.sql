-- One row per item and period from the current one on in which open orders are due, those past due left out, in the item's unit.
with open_lines as (
    select * from core.order_lines where open_quantity > 0 and due_date >= $as_of_date
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

one_off_orders as (
    select * from core.one_off_orders
),

judged as (
    select
        open_lines.item_id,
        open_lines.family_id,
        open_lines.due_date,
        cast(open_lines.open_quantity as decimal(38, 6)) as open_quantity,
        one_off_orders.order_id is not null as is_abnormal
    from open_lines
    left join one_off_orders
        on
            open_lines.order_id = one_off_orders.order_id
            and open_lines.order_line = one_off_orders.order_line
            and open_lines.schedule_line = one_off_orders.schedule_line
)

select
    cast(judged.item_id as varchar) as item_id,
    cast(judged.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(sum(judged.open_quantity) as double) as orders_due_quantity,
    cast(coalesce(sum(judged.open_quantity) filter (where judged.is_abnormal), 0) as double) as abnormal_quantity
from judged
inner join periods on judged.due_date between periods.period_start and periods.period_end
group by judged.item_id, judged.family_id, periods.period_start
order by judged.item_id, periods.period_start
