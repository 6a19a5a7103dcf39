-- One row per family and period up to now that has no history row.
-- severity: stop
-- owner: team:planning
-- hint: sql/core/family_flows.sql lost a family or a period; nothing in the extracts can cause this.
with families as (
    select family_id from core.families
),

periods as (
    select period_start from core.periods where periods_from_now <= 0
),

family_history as (
    select
        family_id,
        period_start
    from core.family_history
)

select
    cast(families.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start
from families
cross join periods
anti join family_history on families.family_id = family_history.family_id and periods.period_start = family_history.period_start
order by families.family_id, periods.period_start
