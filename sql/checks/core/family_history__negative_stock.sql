-- One row per family whose stock as of now is below zero: its plan starts from zero.
-- severity: warning
-- owner: team:supply_chain
-- hint: Book the missing receipts or send a snapshot; what is below zero is taken as zero by the plan, not by history.
with family_history as (
    select * from core.family_history where periods_from_now = 0
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(closing_inventory_quantity as double) as closing_inventory_quantity
from family_history
where closing_inventory_quantity < -1e-6
order by family_id
