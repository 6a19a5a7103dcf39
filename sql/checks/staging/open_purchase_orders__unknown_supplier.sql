-- One row per purchase order line whose supplier no master knows.
-- severity: warning
-- owner: team:supply_chain
-- column: supplier_id
-- hint: Send the supplier with suppliers, or correct the code.
with open_purchase_orders as (
    select * from staging.open_purchase_orders
),

suppliers as (
    select distinct supplier_id from staging.suppliers
)

select
    cast(open_purchase_orders.source_file as varchar) as source_file,
    cast(open_purchase_orders.source_line as bigint) as source_line,
    cast(open_purchase_orders.supplier_id as varchar) as value
from open_purchase_orders
left join suppliers on open_purchase_orders.supplier_id = suppliers.supplier_id
where
    open_purchase_orders.supplier_id is not null
    and exists (select 1 from suppliers)
    and suppliers.supplier_id is null
