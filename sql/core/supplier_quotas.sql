-- One row per component with supplier quotas, supplier with a share of it or an open order, and planned period, in the item's unit.
with quota_components as (
    select * from core.quota_components
),

periods as (
    select * from core.periods where periods_from_now >= 0
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
        case when shared.periods_from_now = 0 then coalesce(received.quantity, 0) else 0 end as received_quantity,
        case
            when shared.item_limit_quantity is not null then shared.item_limit_quantity
            -- greatest() passes over an empty limit, which is not the same as none
            when shared.supplier_limit_quantity is not null
                then
                    greatest(shared.supplier_limit_quantity - shared.item_limits_quantity, 0)
                    * case when shared.all_weight > 0 then shared.weight / shared.all_weight else shared.share_ratio / shared.all_share end
        end as limit_quantity
    from shared
    semi join quota_components on shared.item_id = quota_components.item_id
    left join received on shared.supplier_id = received.supplier_id and shared.item_id = received.item_id
),

-- whoever has no share of an item delivers what is on order with it and no more
both_sides as (
    select
        coalesce(limits.supplier_id, on_order.supplier_id) as supplier_id,
        coalesce(limits.item_id, on_order.item_id) as item_id,
        coalesce(limits.period_start, on_order.period_start) as period_start,
        case
            when limits.item_id is null then 0
            when limits.limit_quantity is not null then greatest(limits.limit_quantity - limits.received_quantity, 0)
        end as limit_quantity,
        coalesce(on_order.quantity, 0) as on_order_quantity
    from limits
    full join on_order
        on
            limits.supplier_id = on_order.supplier_id
            and limits.item_id = on_order.item_id
            and limits.period_start = on_order.period_start
)

select
    cast(supplier_id as varchar) as supplier_id,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(round(limit_quantity, 6) as double) as limit_quantity,
    cast(on_order_quantity as double) as on_order_quantity
from both_sides
order by supplier_id, item_id, period_start
