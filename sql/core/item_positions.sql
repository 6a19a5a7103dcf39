-- One row per item that is there, owed to customers or held as safety stock at the as-of date, in the item's unit.
with items as (
    select * from core.items
),

families as (
    select
        family_id,
        production_strategy = 'make_to_stock' as is_to_stock
    from core.families
),

latest as (
    select max(snapshot_date) as snapshot_date from core.item_stock where is_latest
),

-- the last count, and what has moved since
stock as (
    select
        item_id,
        cast(stock_quantity as decimal(38, 6)) as quantity
    from core.item_stock
    where is_latest
    union all
    select
        item_id,
        cast(
            production_quantity + subcontract_quantity + purchase_quantity + other_movement_quantity - issued_quantity - shipped_quantity
            as decimal(38, 6)
        ) as quantity
    from core.item_flows
    cross join latest
    where flow_date > snapshot_date
),

on_hand as (
    select
        item_id,
        sum(quantity) as on_hand_quantity
    from stock
    group by item_id
),

-- past-due orders of make-to-stock families, all open ones of the others
owed as (
    select
        order_lines.item_id,
        sum(cast(order_lines.open_quantity as decimal(38, 6))) as owed_quantity
    from core.order_lines
    inner join families on order_lines.family_id = families.family_id
    where not families.is_to_stock or order_lines.due_date < $as_of_date
    group by order_lines.item_id
),

policies as (
    select
        nullif(item_id, '*') as item_id,
        target_quantity
    from staging.inventory_policies
    where nullif(item_id, '*') is not null and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by item_id order by valid_from desc nulls last) = 1
)

select
    cast(items.item_id as varchar) as item_id,
    cast(on_hand.on_hand_quantity as double) as on_hand_quantity,
    cast(coalesce(owed.owed_quantity, 0) as double) as owed_quantity,
    cast(policies.target_quantity as double) as safety_quantity
from items
left join on_hand on items.item_id = on_hand.item_id
left join owed on items.item_id = owed.item_id
left join policies on items.item_id = policies.item_id
where coalesce(on_hand.on_hand_quantity, 0) <> 0 or owed.owed_quantity > 0 or policies.target_quantity is not null
order by items.item_id
