-- One row if the calendar holds the horizon but not the look-ahead: the last days of supply and targets are counted short.
-- severity: warning
-- owner: team:finance
-- hint: Extend fiscal_calendar by look_ahead_periods beyond the horizon.
with periods as (
    select * from core.periods
)

select
    cast(max(period_end) as date) as last_day,
    cast(count(*) filter (where period_kind = 'look_ahead') as bigint) as look_ahead_periods
from periods
having count(*) filter (where period_kind = 'look_ahead') < $look_ahead_periods
