-- Stock, backlog and shortage of a planned period open with what the period before, of history for the first, closed with.
-- severity: stop
-- owner: team:planning
-- hint: The published balance loses or makes quantity between two periods: rerun from plan, and report it if it stays.
with
balance as (select * from sop.supply_demand_balance),
-- history is the same in every scenario, and stands under base alone
last_closed as (
    select
        cycle_id,
        family_id,
        closing_inventory_quantity,
        closing_backlog_quantity
    from balance
    where period_kind = 'history' and scenario_id = 'base'
    qualify row_number() over (partition by cycle_id, plan_version, family_id order by period_start desc) = 1
),
before as (
    select
        *,
        lag(closing_inventory_quantity) over in_time as stock_before,
        lag(closing_backlog_quantity) over in_time as backlog_before,
        lag(closing_shortage_quantity) over in_time as shortage_before
    from balance
    where period_kind <> 'history'
    window in_time as (partition by cycle_id, scenario_id, plan_version, family_id order by period_start)
),
pairs as (
    select
        before.cycle_id,
        before.scenario_id,
        before.plan_version,
        before.family_id,
        before.period_start,
        pair.measure,
        pair.opening_quantity,
        pair.closing_before_quantity
    from before
    left join last_closed on before.cycle_id = last_closed.cycle_id and before.family_id = last_closed.family_id
    cross join lateral (
        values
        (
            'stock', before.opening_inventory_quantity,
            case
                when before.period_kind <> 'current' then before.stock_before
                -- a plan that finds stock below zero starts from zero
                when before.opening_inventory_quantity = 0 then greatest(coalesce(last_closed.closing_inventory_quantity, 0), 0)
                -- stock that nobody has counted is unknown
                else coalesce(last_closed.closing_inventory_quantity, before.opening_inventory_quantity)
            end
        ),
        (
            'backlog',
            case when before.production_strategy <> 'make_to_stock' then before.opening_backlog_quantity end,
            case
                when before.production_strategy = 'make_to_stock' then null
                when before.period_kind <> 'current' then before.backlog_before
                else last_closed.closing_backlog_quantity
            end
        ),
        (
            'shortage',
            case when before.period_kind <> 'current' then before.opening_shortage_quantity end,
            case when before.period_kind <> 'current' then before.shortage_before end
        )
    ) as pair(measure, opening_quantity, closing_before_quantity)
    where before.period_kind <> 'current' or last_closed.family_id is not null
)
select
    *,
    opening_quantity - closing_before_quantity as difference_quantity
from pairs
where
    (opening_quantity is null) <> (closing_before_quantity is null)
    or not abs(opening_quantity - closing_before_quantity) <= 1e-6 * greatest(1, abs(opening_quantity), abs(closing_before_quantity))
order by cycle_id, scenario_id, plan_version, family_id, period_start, measure
