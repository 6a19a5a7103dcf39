-- Opening backlog, bookings and shipments of a period of history give its closing backlog.
-- severity: error
-- owner: team:planning
-- hint: Orders and shipments do not close: look at deliveries without an order and at lines cancelled late, in the families shown.
with
balance as (
    select * from sop.supply_demand_balance
    where period_kind = 'history' and production_strategy <> 'make_to_stock'
),
differences as (
    select
        cycle_id,
        scenario_id,
        plan_version,
        family_id,
        period_start,
        opening_backlog_quantity,
        booked_quantity,
        shipped_quantity,
        closing_backlog_quantity,
        opening_backlog_quantity + booked_quantity - shipped_quantity - closing_backlog_quantity as difference_quantity,
        greatest(
            1, abs(opening_backlog_quantity), abs(booked_quantity), abs(shipped_quantity), abs(closing_backlog_quantity)
        ) as largest_term
    from balance
)
select * exclude (largest_term)
from differences
where not abs(difference_quantity) <= 1e-6 * largest_term
order by cycle_id, scenario_id, plan_version, family_id, period_start
