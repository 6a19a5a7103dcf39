-- One row per component with supplier quotas and planned period whose quotas are known, in the item's unit.
with quota_components as (
    select * from core.quota_components
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

season as (
    select 365.0 / max(season_length_periods) as days_per_period from core.periods
),

-- an order that is open is part of what its supplier delivers in the period, or all of it where it was promised beyond the limit
quotas as (
    select
        item_id,
        period_start,
        sum(cast(greatest(limit_quantity, on_order_quantity) as decimal(38, 6))) as deliverable_quantity
    from core.supplier_quotas
    group by item_id, period_start
    having bool_and(limit_quantity is not null)
),

-- a released work order has taken its components already: what is completed of it takes none of the quota
taken as (
    select
        item_components.component_item_id as item_id,
        sum(cast(open_work_orders.remaining_quantity * item_components.gross_quantity_per as decimal(38, 6))) as quantity
    from staging.open_work_orders
    inner join core.item_components as item_components on open_work_orders.item_id = item_components.parent_item_id
    inner join periods
        on greatest(open_work_orders.due_date, cast($as_of_date as date)) between periods.period_start and periods.period_end
    cross join season
    where
        open_work_orders.work_order_status = 'released'
        -- what was taken further ahead of its completion falls before the horizon in the load as well
        and periods.periods_from_now >= round(item_components.lead_time_offset_days / season.days_per_period)
    group by item_components.component_item_id
),

there as (
    select
        quota_components.item_id,
        greatest(coalesce(item_positions.on_hand_quantity, 0), 0) + coalesce(cast(taken.quantity as double), 0) as quantity
    from quota_components
    left join core.item_positions as item_positions on quota_components.item_id = item_positions.item_id
    left join taken on quota_components.item_id = taken.item_id
)

select
    cast(quotas.item_id as varchar) as item_id,
    cast(quota_components.resource_id as varchar) as resource_id,
    cast(quotas.period_start as date) as period_start,
    cast(quotas.deliverable_quantity as double) as deliverable_quantity,
    cast(
        case when row_number() over (partition by quotas.item_id order by quotas.period_start) = 1 then there.quantity else 0 end as double
    ) as opening_quantity
from quotas
inner join quota_components on quotas.item_id = quota_components.item_id
inner join there on quotas.item_id = there.item_id
order by quotas.item_id, quotas.period_start
