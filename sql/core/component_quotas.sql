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

last_season as (
    select period_start
    from core.periods
    where periods_from_now between -season_length_periods and -1
),

items as (
    select * from core.items
),

item_suppliers as (
    select * from core.item_suppliers where share_ratio > 0
),

supplier_capacity as (
    select
        supplier_id,
        nullif(item_id, '*') as item_id,
        period_start,
        cast(maximum_quantity as double) as maximum_quantity
    from staging.supplier_capacity
),

made as (
    select
        item_flows.item_id,
        sum(cast(item_flows.production_quantity as decimal(38, 6))) as production_quantity,
        sum(cast(item_flows.purchase_quantity as decimal(38, 6))) as purchase_quantity
    from core.item_flows
    semi join last_season on item_flows.period_start = last_season.period_start
    group by item_flows.item_id
),

-- what the production of the last season took of an item, and what was bought of it to be sold
needed as (
    select
        item_id,
        sum(quantity) as quantity
    from (
        select
            item_requirements.component_item_id as item_id,
            cast(made.production_quantity * item_requirements.gross_quantity_per as decimal(38, 6)) as quantity
        from core.item_requirements
        inner join made on item_requirements.item_id = made.item_id
        where item_requirements.component_item_id <> item_requirements.item_id
        union all
        select
            made.item_id,
            made.purchase_quantity as quantity
        from made
        inner join items on made.item_id = items.item_id
        where items.family_id is not null
    ) as needs
    group by item_id
),

received as (
    select
        purchase_receipts.supplier_id,
        purchase_receipts.item_id,
        sum(cast(purchase_receipts.quantity as decimal(38, 6))) as quantity
    from staging.purchase_receipts
    inner join periods on periods.periods_from_now = 0 and purchase_receipts.received_date >= periods.period_start
    where purchase_receipts.received_date < $as_of_date
    group by purchase_receipts.supplier_id, purchase_receipts.item_id
),

on_order as (
    select
        open_purchase_orders.supplier_id,
        open_purchase_orders.item_id,
        periods.period_start,
        cast(sum(cast(open_purchase_orders.open_quantity * unit_factors.factor as decimal(38, 6))) as double) as quantity
    from staging.open_purchase_orders
    semi join quota_components on open_purchase_orders.item_id = quota_components.item_id
    inner join items on open_purchase_orders.item_id = items.item_id
    inner join core.unit_factors as unit_factors
        on
            open_purchase_orders.item_id = unit_factors.item_id
            and coalesce(open_purchase_orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    inner join periods
        on
            greatest(coalesce(open_purchase_orders.confirmed_date, open_purchase_orders.due_date), cast($as_of_date as date))
            between periods.period_start and periods.period_end
    group by open_purchase_orders.supplier_id, open_purchase_orders.item_id, periods.period_start
),

-- every item of the suppliers of such components: all of them share a limit that names no item
offered as (
    select
        item_suppliers.supplier_id,
        item_suppliers.item_id,
        item_suppliers.share_ratio,
        periods.period_start,
        periods.periods_from_now,
        item_suppliers.share_ratio * coalesce(needed.quantity, 0) as weight,
        of_item.maximum_quantity as item_limit_quantity,
        of_supplier.maximum_quantity as supplier_limit_quantity
    from item_suppliers
    cross join periods
    semi join (select distinct item_suppliers.supplier_id from item_suppliers semi join quota_components using (item_id)) as asked
        on item_suppliers.supplier_id = asked.supplier_id
    left join needed on item_suppliers.item_id = needed.item_id
    left join supplier_capacity as of_item
        on
            item_suppliers.supplier_id = of_item.supplier_id
            and item_suppliers.item_id = of_item.item_id
            and periods.period_start = of_item.period_start
    left join supplier_capacity as of_supplier
        on
            item_suppliers.supplier_id = of_supplier.supplier_id
            and of_supplier.item_id is null
            and periods.period_start = of_supplier.period_start
),

-- a limit of the item beats its part of the supplier's; the others share what such limits leave, as they were needed, else alike
shared as (
    select
        *,
        sum(case when item_limit_quantity is null then weight else 0 end) over supplier_period as all_weight,
        sum(case when item_limit_quantity is null then share_ratio else 0 end) over supplier_period as all_share,
        sum(coalesce(item_limit_quantity, 0)) over supplier_period as item_limits_quantity
    from offered
    window supplier_period as (
        partition by supplier_id, period_start order by item_id rows between unbounded preceding and unbounded following
    )
),

limits as (
    select
        shared.supplier_id,
        shared.item_id,
        shared.period_start,
        greatest(
            coalesce(
                shared.item_limit_quantity,
                case
                    when shared.supplier_limit_quantity is not null
                        then
                            greatest(shared.supplier_limit_quantity - shared.item_limits_quantity, 0)
                            * case
                                when shared.all_weight > 0 then shared.weight / shared.all_weight
                                else shared.share_ratio / nullif(shared.all_share, 0)
                            end
                end
            ) - case when shared.periods_from_now = 0 then coalesce(received.quantity, 0) else 0 end,
            0
        ) as left_quantity,
        shared.item_limit_quantity is not null or shared.supplier_limit_quantity is not null as is_limited
    from shared
    semi join quota_components on shared.item_id = quota_components.item_id
    left join received on shared.supplier_id = received.supplier_id and shared.item_id = received.item_id
),

-- an order that is open is part of what its supplier delivers in the period, or all of it where it was promised beyond the limit
deliverable as (
    select
        coalesce(limits.item_id, on_order.item_id) as item_id,
        coalesce(limits.period_start, on_order.period_start) as period_start,
        coalesce(limits.is_limited, true) as is_limited,
        greatest(coalesce(limits.left_quantity, 0), coalesce(on_order.quantity, 0)) as quantity
    from limits
    full join on_order
        on
            limits.supplier_id = on_order.supplier_id
            and limits.item_id = on_order.item_id
            and limits.period_start = on_order.period_start
),

quotas as (
    select
        item_id,
        period_start,
        sum(cast(quantity as decimal(38, 6))) as deliverable_quantity
    from deliverable
    group by item_id, period_start
    having bool_and(is_limited)
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
