-- One row per bill of material line on a circle: its component contains its parent.
-- severity: error
-- owner: team:engineering
-- column: component_item_id
-- hint: Take out the line that closes the circle; all lines of the circle are set aside.
with recursive bill_of_materials as (
    select * from staging.bill_of_materials
),

-- an item that is nobody's component, or has none, is on no circle
inner_lines as (
    select distinct parent_item_id, component_item_id
    from bill_of_materials
    where
        parent_item_id in (select component_item_id from bill_of_materials)
        and component_item_id in (select parent_item_id from bill_of_materials)
),

contained as (
    select parent_item_id, component_item_id from inner_lines
    union
    select
        contained.parent_item_id,
        inner_lines.component_item_id
    from contained
    inner join inner_lines on contained.component_item_id = inner_lines.parent_item_id
)

select
    cast(bill_of_materials.source_file as varchar) as source_file,
    cast(bill_of_materials.source_line as bigint) as source_line,
    cast(bill_of_materials.parent_item_id || ' contains ' || bill_of_materials.component_item_id as varchar) as value
from bill_of_materials
inner join contained
    on
        bill_of_materials.component_item_id = contained.parent_item_id
        and bill_of_materials.parent_item_id = contained.component_item_id
