-- Opening backlog, bookings and shipments of a family made or assembled to order give its closing backlog.
-- severity: stop
-- owner: team:planning
-- hint: The supply plan loses or makes orders: look at bookings and shipments of the rows shown; rerun from plan, and report it if it stays.
with
family_balance as (select * from plan.family_balance),
families as (select * from core.families where production_strategy <> 'make_to_stock'),
differences as (
    select
        family_balance.scenario_id,
        family_balance.strategy,
        family_balance.family_id,
        family_balance.period_start,
        family_balance.opening_backlog_quantity,
        family_balance.booked_quantity,
        family_balance.shipped_quantity,
        family_balance.closing_backlog_quantity,
        family_balance.opening_backlog_quantity + family_balance.booked_quantity - family_balance.shipped_quantity
        - family_balance.closing_backlog_quantity as difference_quantity,
        greatest(
            1, abs(family_balance.opening_backlog_quantity), abs(family_balance.booked_quantity), abs(family_balance.shipped_quantity),
            abs(family_balance.closing_backlog_quantity)
        ) as largest_term
    from family_balance
    inner join families using (family_id)
)
select * exclude (largest_term)
from differences
where difference_quantity is null or not abs(difference_quantity) <= 1e-6 * largest_term
order by scenario_id, strategy, family_id, period_start
