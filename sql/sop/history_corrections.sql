-- One row per item, closed period and correction of its demand before the fit, or flag that left it as it was.
with
history_corrections as (select * from forecast.history_corrections),
items as (select * from core.items)
select
    history_corrections.item_id::varchar as item_id,
    items.family_id::varchar as family_id,
    history_corrections.period_start::date as period_start,
    history_corrections.kind::varchar as kind,
    items.unit_of_measure::varchar as unit_of_measure,
    history_corrections.quantity_before::double as quantity_before,
    history_corrections.quantity_after::double as quantity_after,
    (history_corrections.quantity_after - coalesce(history_corrections.quantity_before, 0))::double as change_quantity,
    history_corrections.reason::varchar as reason
from history_corrections
inner join items on history_corrections.item_id = items.item_id
