-- One row per item of a planned family and day on which the production of others took some of it, in the item's unit.
with movements as (
    select * from staging.inventory_movements where movement_type = 'issue' and movement_date < $as_of_date
),

production as (
    select
        item_id,
        completion_date,
        sum(cast(good_quantity + coalesce(scrap_quantity, 0) as decimal(38, 6))) as completed_quantity
    from staging.production_history
    where completion_date < $as_of_date
    group by item_id, completion_date
),

items as (
    select
        item_id,
        family_id
    from core.items
),

item_components as (
    select * from core.item_components
),

produced_items as (
    select distinct item_id from production
),

-- a company that books issues is taken at its word; else what was completed tells what it took
are_movements_booked as (
    select count(*) > 0 as is_booked from movements
),

-- through items nobody plans and nobody reports as made, such as phantoms, the next level is taken in the same moment
taken as (
    with recursive exploded as (
        select
            produced_items.item_id as parent_item_id,
            item_components.component_item_id,
            item_components.gross_quantity_per,
            [produced_items.item_id, item_components.component_item_id] as path
        from produced_items
        inner join item_components on produced_items.item_id = item_components.parent_item_id
        union all
        select
            exploded.parent_item_id,
            item_components.component_item_id,
            exploded.gross_quantity_per * item_components.gross_quantity_per,
            list_append(exploded.path, item_components.component_item_id)
        from exploded
        inner join items on exploded.component_item_id = items.item_id and items.family_id is null
        left join produced_items on exploded.component_item_id = produced_items.item_id
        inner join item_components on exploded.component_item_id = item_components.parent_item_id
        where
            produced_items.item_id is null
            and len(exploded.path) < 20
            and not list_contains(exploded.path, item_components.component_item_id)
    )

    select
        exploded.parent_item_id,
        exploded.component_item_id,
        sum(cast(exploded.gross_quantity_per as decimal(38, 9))) as gross_quantity_per
    from exploded
    inner join items as parents on exploded.parent_item_id = parents.item_id
    inner join items as components on exploded.component_item_id = components.item_id
    where components.family_id is not null and components.family_id is distinct from parents.family_id
    group by exploded.parent_item_id, exploded.component_item_id
),

issues as (
    select
        movements.item_id,
        movements.movement_date as issue_date,
        -cast(movements.quantity as decimal(38, 6)) as issued_quantity,
        false as is_derived
    from movements
    inner join items using (item_id)
    where items.family_id is not null
    union all
    select
        taken.component_item_id as item_id,
        production.completion_date as issue_date,
        cast(cast(production.completed_quantity as double) * cast(taken.gross_quantity_per as double) as decimal(38, 6)) as issued_quantity,
        true as is_derived
    from production
    inner join taken on production.item_id = taken.parent_item_id
    cross join are_movements_booked
    where not is_booked
)

select
    cast(item_id as varchar) as item_id,
    cast(issue_date as date) as issue_date,
    cast(sum(issued_quantity) as double) as issued_quantity,
    cast(bool_or(is_derived) as boolean) as is_derived
from issues
group by item_id, issue_date
order by item_id, issue_date
