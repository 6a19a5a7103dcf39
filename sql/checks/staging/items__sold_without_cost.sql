-- One row per item that is sold and has no standard cost.
-- severity: warning
-- owner: team:engineering
-- column: item_id
-- hint: Send its cost with standard_costs; until then its cost and stock value are not supplied.
with items as (
    select * from staging.items
),

sold as (
    select item_id from staging.sales_orders where order_type = 'standard'
    union
    select item_id from staging.shipments
),

costed as (
    select distinct item_id from staging.standard_costs
)

select
    cast(items.source_file as varchar) as source_file,
    cast(items.source_line as bigint) as source_line,
    cast(items.item_id as varchar) as value
from items
inner join sold using (item_id)
left join costed using (item_id)
where costed.item_id is null
