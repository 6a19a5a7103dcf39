-- One row per receipt line whose supplier no master knows.
-- severity: warning
-- owner: team:supply_chain
-- column: supplier_id
-- hint: Send the supplier with suppliers, or correct the code.
with purchase_receipts as (
    select * from staging.purchase_receipts
),

suppliers as (
    select distinct supplier_id from staging.suppliers
)

select
    cast(purchase_receipts.source_file as varchar) as source_file,
    cast(purchase_receipts.source_line as bigint) as source_line,
    cast(purchase_receipts.supplier_id as varchar) as value
from purchase_receipts
left join suppliers on purchase_receipts.supplier_id = suppliers.supplier_id
where
    purchase_receipts.supplier_id is not null
    and exists (select 1 from suppliers)
    and suppliers.supplier_id is null
