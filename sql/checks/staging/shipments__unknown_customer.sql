-- One row per delivered line whose customer no master knows.
-- severity: warning
-- owner: team:sales
-- column: customer_id
-- hint: Send the customer with customers; until then it belongs to no group.
with shipments as (
    select * from staging.shipments
),

customers as (
    select distinct customer_id from staging.customers
)

select
    cast(shipments.source_file as varchar) as source_file,
    cast(shipments.source_line as bigint) as source_line,
    cast(shipments.customer_id as varchar) as value
from shipments
left join customers on shipments.customer_id = customers.customer_id
where
    shipments.customer_id is not null
    and exists (select 1 from customers)
    and customers.customer_id is null
