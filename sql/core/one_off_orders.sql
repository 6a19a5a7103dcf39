-- One row per abnormal order line: more than twice what any other order of its season asked for, of an item with nine orders in it.
with order_lines as (
    select * from core.order_lines where net_quantity > 0
),

families as (
    select
        family_id,
        production_strategy
    from core.families
),

periods as (
    select * from core.periods
),

-- seasons counted back from now; what was ordered in the current period belongs to the last one
seasons as (
    select
        greatest((-periods_from_now - 1) // season_length_periods, 0) as seasons_ago,
        min(period_start) as first_day,
        max(period_end) as last_day
    from periods
    where periods_from_now <= 0
    group by seasons_ago
),

-- made to stock counts on the requested day, the rest on the day of booking
dated as (
    select
        order_lines.*,
        seasons.seasons_ago,
        case when families.production_strategy = 'make_to_stock' then order_lines.demand_date else order_lines.order_date end as demand_day
    from order_lines
    inner join seasons on order_lines.order_date between seasons.first_day and seasons.last_day
    left join families on order_lines.family_id = families.family_id
),

-- the largest line of each order; the two largest orders tell what is usual for a line of any order
season_orders as (
    select
        item_id,
        seasons_ago,
        order_id,
        max(net_quantity) as largest_quantity
    from dated
    group by item_id, seasons_ago, order_id
),

usual as (
    select
        item_id,
        seasons_ago,
        arg_max(order_id, (largest_quantity, order_id)) as largest_order_id,
        max(largest_quantity) as largest_quantity,
        list_reverse_sort(list(largest_quantity))[2] as second_quantity
    from season_orders
    group by item_id, seasons_ago
    having count(*) >= 9
),

compared as (
    select
        dated.*,
        case when dated.order_id = usual.largest_order_id then usual.second_quantity else usual.largest_quantity end as other_quantity
    from dated
    inner join usual on dated.item_id = usual.item_id and dated.seasons_ago = usual.seasons_ago
)

select
    cast(compared.order_id as varchar) as order_id,
    cast(compared.order_line as varchar) as order_line,
    cast(compared.schedule_line as varchar) as schedule_line,
    cast(compared.item_id as varchar) as item_id,
    cast(periods.period_start as date) as period_start,
    cast(compared.net_quantity as double) as order_quantity,
    cast(compared.other_quantity as double) as other_quantity
from compared
left join periods on compared.demand_day between periods.period_start and periods.period_end
where compared.net_quantity > 2 * compared.other_quantity
order by compared.order_id, compared.order_line, compared.schedule_line
