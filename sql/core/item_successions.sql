-- One row per item that another of its family takes over from: from an engineering change, else from its own phase-out.
with items as (
    select * from core.items where family_id is not null
),

changes as (
    select
        old_item_id,
        new_item_id,
        effective_date
    from staging.engineering_changes
    where change_status in ('approved', 'released', 'done') and old_item_id is not null and old_item_id <> new_item_id
    qualify row_number() over (partition by old_item_id order by effective_date, change_id) = 1
),

current_period as (
    select period_start from core.periods where periods_from_now = 0
),

-- the change says when, where there is one; else the successor takes over the day after the last day on sale
succeeded as (
    select
        items.item_id as old_item_id,
        coalesce(changes.new_item_id, items.successor_item_id) as new_item_id,
        least(changes.effective_date, items.phase_out_date + 1) as effective_date
    from items
    left join changes on items.item_id = changes.old_item_id
    where changes.new_item_id is not null or (items.successor_item_id <> items.item_id and items.phase_out_date is not null)
)

select
    cast(succeeded.old_item_id as varchar) as old_item_id,
    cast(succeeded.new_item_id as varchar) as new_item_id,
    cast(successors.family_id as varchar) as family_id,
    cast(succeeded.effective_date as date) as effective_date,
    cast(succeeded.effective_date <= current_period.period_start as boolean) as is_effective
from succeeded
cross join current_period
inner join items as predecessors on succeeded.old_item_id = predecessors.item_id
inner join items as successors on succeeded.new_item_id = successors.item_id and predecessors.family_id = successors.family_id
order by succeeded.old_item_id
