-- One row per override of a cell and step on which there are several: the one entered last counts, all are listed.
-- severity: warning
-- owner: team:planning
-- hint: Agree on one of them and let the others expire (expires_on).
with overrides as (
    select * from core.overrides
),

crowded as (
    select measure, family_id, item_id, period_start, step from overrides where is_superseded = 1
)

select
    cast(measure as varchar) as measure,
    cast(family_id as varchar) as family_id,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(step as varchar) as step,
    cast(override_id as varchar) as override_id,
    cast(author as varchar) as author,
    cast(entered_on as date) as entered_on,
    cast(is_superseded = 0 as boolean) as counts
from overrides
semi join crowded using (measure, family_id, item_id, period_start, step)
order by measure, family_id, item_id, period_start, step, entered_on, override_id
