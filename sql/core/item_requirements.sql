-- One row per item of a family, item that a unit of it takes (itself included) and days before completion.
-- Exploded down to, not into, components of other families and bought items.
with items as (
    select
        item_id,
        family_id,
        sourcing
    from core.items
),

item_components as (
    select * from core.item_components
),

routed as (
    select distinct item_id from staging.routings
),

billed_items as (
    select distinct nullif(item_id, '*') as item_id from staging.bill_of_resources
),

billed_families as (
    select distinct nullif(family_id, '*') as family_id from staging.bill_of_resources
),

-- a bill of resources holds the hours of all that goes into a unit; it counts where there is no routing
nodes as (
    select
        items.*,
        routed.item_id is null and billed_items.item_id is not null as is_billed,
        routed.item_id is null and (billed_items.item_id is not null or billed_families.family_id is not null) as is_billed_as_root
    from items
    left join routed on items.item_id = routed.item_id
    left join billed_items on items.item_id = billed_items.item_id
    left join billed_families on items.family_id = billed_families.family_id
),

exploded as (
    with recursive paths as (
        select
            item_id,
            family_id,
            item_id as component_item_id,
            cast(1 as double) as gross_quantity_per,
            cast(0 as double) as lead_time_offset_days,
            false as is_of_other_family,
            false as is_in_bill_of_resources,
            is_billed_as_root as is_below_bill,
            sourcing = 'make' as is_open,
            [item_id] as path
        from nodes
        where family_id is not null
        union all
        select
            paths.item_id,
            paths.family_id,
            item_components.component_item_id,
            paths.gross_quantity_per * item_components.gross_quantity_per,
            paths.lead_time_offset_days + item_components.lead_time_offset_days,
            nodes.family_id is not null and nodes.family_id <> paths.family_id,
            paths.is_below_bill,
            paths.is_below_bill or nodes.is_billed,
            -- what is bought, or planned as a family of its own, is not taken apart
            nodes.sourcing = 'make' and (nodes.family_id is null or nodes.family_id = paths.family_id),
            list_append(paths.path, item_components.component_item_id)
        from paths
        inner join item_components on paths.component_item_id = item_components.parent_item_id
        inner join nodes on item_components.component_item_id = nodes.item_id
        where
            paths.is_open
            -- a bill that runs in a circle is a reported error: it must not run for ever as well
            and len(paths.path) < 20
            and not list_contains(paths.path, item_components.component_item_id)
    )

    select * from paths
)

select
    cast(item_id as varchar) as item_id,
    cast(any_value(family_id) as varchar) as family_id,
    cast(component_item_id as varchar) as component_item_id,
    cast(lead_time_offset_days as double) as lead_time_offset_days,
    cast(is_in_bill_of_resources as boolean) as is_in_bill_of_resources,
    cast(sum(cast(gross_quantity_per as decimal(38, 9))) as double) as gross_quantity_per,
    cast(any_value(is_of_other_family) as boolean) as is_of_other_family
from exploded
group by item_id, component_item_id, lead_time_offset_days, is_in_bill_of_resources
having sum(cast(gross_quantity_per as decimal(38, 9))) > 0
order by item_id, component_item_id, lead_time_offset_days, is_in_bill_of_resources
