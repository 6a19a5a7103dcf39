-- Stock, backlog and shortage of a period open with what the period before closed with; the first planned one with what history closed with.
-- severity: stop
-- owner: team:planning
-- hint: The supply plan loses or makes quantity between two periods: rerun from plan, and report it if it stays.
with
family_balance as (select * from plan.family_balance),
to_date as (select * from core.family_history where periods_from_now = 0),
before as (
    select
        *,
        lag(period_start) over in_time as period_before,
        lag(closing_inventory_quantity) over in_time as stock_before,
        lag(closing_backlog_quantity) over in_time as backlog_before,
        lag(closing_shortage_quantity) over in_time as shortage_before
    from family_balance
    window in_time as (partition by scenario_id, strategy, family_id order by period_start)
),
pairs as (
    select
        before.scenario_id,
        before.strategy,
        before.family_id,
        before.period_start,
        pair.measure,
        pair.opening_quantity,
        pair.closing_before_quantity
    from before
    left join to_date using (family_id, period_start)
    cross join lateral (
        values
        (
            'stock', before.opening_inventory_quantity,
            case
                when before.period_before is not null then before.stock_before
                -- a plan that finds stock below zero starts from zero
                when before.opening_inventory_quantity = 0 then greatest(coalesce(to_date.opening_inventory_quantity, 0), 0)
                -- stock that nobody has counted is unknown
                else coalesce(to_date.opening_inventory_quantity, before.opening_inventory_quantity)
            end
        ),
        (
            'backlog', before.opening_backlog_quantity,
            case
                when before.period_before is not null then before.backlog_before
                when before.opening_backlog_quantity is not null then coalesce(to_date.opening_backlog_quantity, 0)
            end
        ),
        -- shortage opens with the orders past due at the as-of date, which no period before closed with
        (
            'shortage', before.opening_shortage_quantity,
            case when before.period_before is not null then before.shortage_before else before.opening_shortage_quantity end
        )
    ) as pair(measure, opening_quantity, closing_before_quantity)
)
select
    *,
    opening_quantity - closing_before_quantity as difference_quantity
from pairs
where
    (opening_quantity is null) <> (closing_before_quantity is null)
    or not abs(opening_quantity - closing_before_quantity) <= 1e-6 * greatest(1, abs(opening_quantity), abs(closing_before_quantity))
order by scenario_id, strategy, family_id, period_start, measure
