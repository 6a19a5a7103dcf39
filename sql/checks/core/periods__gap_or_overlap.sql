-- One row per period that does not begin on the day after the one before.
-- severity: stop
-- owner: team:finance
-- hint: Correct fiscal_calendar: each period_start is the day after the period_end before it.
with periods as (
    select
        period_start,
        period_end,
        lag(period_end) over (order by period_start) as end_before
    from core.periods
)

select
    cast(period_start as date) as period_start,
    cast(end_before as date) as end_before
from periods
where period_start <> end_before + 1 or period_end < period_start
