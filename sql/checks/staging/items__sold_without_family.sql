-- One row per item that is sold and has no family.
-- severity: warning
-- owner: team:engineering
-- column: family_id
-- hint: Give the item a family; until then it is planned in family unassigned.
with items as (
    select * from staging.items
),

sold as (
    select item_id from staging.sales_orders where order_type = 'standard'
    union
    select item_id from staging.shipments
)

select
    cast(items.source_file as varchar) as source_file,
    cast(items.source_line as bigint) as source_line,
    cast(items.item_id as varchar) as value
from items
inner join sold using (item_id)
where items.family_id is null
