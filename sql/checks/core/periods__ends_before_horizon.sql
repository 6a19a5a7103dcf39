-- One row if the calendar ends before the horizon, or does not hold the as-of date.
-- severity: stop
-- owner: team:finance
-- hint: Extend fiscal_calendar through the horizon, or lower horizon_periods in sop.yaml.
with periods as (
    select * from core.periods
)

select
    cast(max(period_end) as date) as last_day,
    cast(count(*) filter (where period_kind in ('current', 'horizon')) as bigint) as planned_periods,
    cast($horizon_periods as bigint) as horizon_periods
from periods
having count(*) filter (where period_kind in ('current', 'horizon')) < $horizon_periods
