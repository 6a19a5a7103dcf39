-- One row per supplier limit whose supplier no master knows.
-- severity: warning
-- owner: team:supply_chain
-- column: supplier_id
-- hint: Send the supplier with suppliers, or correct the code.
with supplier_capacity as (
    select * from staging.supplier_capacity
),

suppliers as (
    select distinct supplier_id from staging.suppliers
)

select
    cast(supplier_capacity.source_file as varchar) as source_file,
    cast(supplier_capacity.source_line as bigint) as source_line,
    cast(supplier_capacity.supplier_id as varchar) as value
from supplier_capacity
left join suppliers on supplier_capacity.supplier_id = suppliers.supplier_id
where
    supplier_capacity.supplier_id is not null
    and exists (select 1 from suppliers)
    and suppliers.supplier_id is null
