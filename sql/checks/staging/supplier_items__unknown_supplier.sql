-- One row per supplier item whose supplier no master knows.
-- severity: warning
-- owner: team:supply_chain
-- column: supplier_id
-- hint: Send the supplier with suppliers, or correct the code.
with supplier_items as (
    select * from staging.supplier_items
),

suppliers as (
    select distinct supplier_id from staging.suppliers
)

select
    cast(supplier_items.source_file as varchar) as source_file,
    cast(supplier_items.source_line as bigint) as source_line,
    cast(supplier_items.supplier_id as varchar) as value
from supplier_items
left join suppliers on supplier_items.supplier_id = suppliers.supplier_id
where
    supplier_items.supplier_id is not null
    and exists (select 1 from suppliers)
    and suppliers.supplier_id is null
