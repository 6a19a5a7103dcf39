-- One row per closed period of the last season that no snapshot closes: its stock is rolled from the flows.
-- severity: warning
-- owner: team:supply_chain
-- hint: Send the stock of all sites as of the last day of the period; a site that is missing keeps the others from counting.
with periods as (
    select * from core.periods where periods_from_now between -season_length_periods and -1
),

snapshot_sites as (
    select distinct period_start from core.snapshot_sites where is_closing
)

select
    cast(periods.period_start as date) as period_start,
    cast(periods.period_end as date) as period_end
from periods
anti join snapshot_sites using (period_start)
order by periods.period_start
