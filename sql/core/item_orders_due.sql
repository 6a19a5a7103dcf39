-- One row per item and period from the current one on in which open orders are due, those past due left out, in the item's unit.
with order_lines as (
    select * from core.order_lines
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

season as (
    select min(period_start) as first_day from core.periods where periods_from_now between -season_length_periods and -1
),

-- the largest line of each order of the last season; its two largest orders tell what is usual for a line of any order
season_orders as (
    select
        order_lines.item_id,
        order_lines.order_id,
        max(order_lines.net_quantity) as largest_quantity
    from order_lines
    cross join season
    where order_lines.order_date >= season.first_day and order_lines.net_quantity > 0
    group by order_lines.item_id, order_lines.order_id
),

usual as (
    select
        item_id,
        count(*) as season_orders,
        arg_max(order_id, (largest_quantity, order_id)) as largest_order_id,
        max(largest_quantity) as largest_quantity,
        coalesce(list_reverse_sort(list(largest_quantity))[2], 0) as second_quantity
    from season_orders
    group by item_id
),

-- an order is abnormal where it asks for more than twice what any other order of the season did, and there are enough to tell
open_lines as (
    select
        order_lines.item_id,
        order_lines.family_id,
        order_lines.due_date,
        cast(order_lines.open_quantity as decimal(38, 6)) as open_quantity,
        coalesce(
            usual.season_orders >= 9
            and order_lines.net_quantity
            > 2 * case when order_lines.order_id = usual.largest_order_id then usual.second_quantity else usual.largest_quantity end,
            false
        ) as is_abnormal
    from order_lines
    left join usual on order_lines.item_id = usual.item_id
    where order_lines.open_quantity > 0 and order_lines.due_date >= $as_of_date
)

select
    cast(open_lines.item_id as varchar) as item_id,
    cast(open_lines.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(sum(open_lines.open_quantity) as double) as orders_due_quantity,
    cast(coalesce(sum(open_lines.open_quantity) filter (where open_lines.is_abnormal), 0) as double) as abnormal_quantity
from open_lines
inner join periods on open_lines.due_date between periods.period_start and periods.period_end
group by open_lines.item_id, open_lines.family_id, periods.period_start
order by open_lines.item_id, periods.period_start
