-- One row per order line far beyond what its item usually sells in a period: more than all the usual demand of half a season.
with families as (
    select
        family_id,
        production_strategy
    from core.families
),

order_lines as (
    select * from core.order_lines
),

periods as (
    select * from core.periods where periods_from_now <= 0
),

history as (
    select * from core.item_period_history where periods_from_now < 0
),

usual as (
    select
        history.item_id,
        -- a period without demand is usual for a slow item, but nothing to measure an order by
        median(history.demand_quantity) filter (where history.demand_quantity > 0) as usual_quantity,
        count(*) filter (where history.demand_quantity > 0) as periods_with_demand,
        any_value(periods.season_length_periods) as season_length_periods
    from history
    inner join periods using (period_start)
    group by history.item_id
),

-- made to stock counts on the requested day, the rest on the day of booking
dated as (
    select
        order_lines.*,
        case when families.production_strategy = 'make_to_stock' then order_lines.demand_date else order_lines.order_date end as demand_day
    from order_lines
    inner join families on order_lines.family_id = families.family_id
)

select
    cast(dated.order_id as varchar) as order_id,
    cast(dated.order_line as varchar) as order_line,
    cast(dated.schedule_line as varchar) as schedule_line,
    cast(dated.item_id as varchar) as item_id,
    cast(periods.period_start as date) as period_start,
    cast(dated.net_quantity as double) as order_quantity,
    cast(usual.usual_quantity as double) as usual_quantity
from dated
inner join periods on dated.demand_day between periods.period_start and periods.period_end
inner join usual on dated.item_id = usual.item_id
where
    usual.periods_with_demand * 2 >= usual.season_length_periods
    and dated.net_quantity * 2 > usual.usual_quantity * usual.season_length_periods
order by dated.order_id, dated.order_line, dated.schedule_line
