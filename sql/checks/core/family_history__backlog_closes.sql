-- One row per family and period in which opening backlog + booked − shipped is not the closing backlog.
-- severity: stop
-- owner: team:planning
-- hint: The roll-back in sql/core/family_history.sql is broken; nothing in the extracts can cause this.
with family_history as (
    select
        *,
        opening_backlog_quantity + booked_quantity - shipped_quantity as rolled_quantity
    from core.family_history
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(rolled_quantity as double) as rolled_quantity,
    cast(closing_backlog_quantity as double) as closing_backlog_quantity
from family_history
where
    abs(rolled_quantity - closing_backlog_quantity)
    > 1e-6 * greatest(1, abs(opening_backlog_quantity), abs(booked_quantity), abs(shipped_quantity), abs(closing_backlog_quantity))
order by family_id, period_start
