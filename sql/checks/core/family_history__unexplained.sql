-- One row per family and period of the last season in which more stock came or went than the flows explain.
-- severity: warning
-- owner: team:supply_chain
-- hint: Find the missing receipts, issues or shipments of the period, or the miscount; unexplained_ratio in sop.yaml sets what is listed.
with family_history as (
    select
        family_history.*,
        greatest(abs(opening_inventory_quantity), abs(closing_inventory_quantity), abs(shipped_quantity)) as largest_quantity
    from core.family_history
    inner join core.periods using (period_start)
    where family_history.periods_from_now >= -periods.season_length_periods
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(unexplained_quantity as double) as unexplained_quantity,
    cast(unexplained_quantity / nullif(largest_quantity, 0) as double) as unexplained_ratio
from family_history
where abs(unexplained_quantity) > $unexplained_ratio * largest_quantity
order by family_id, period_start
