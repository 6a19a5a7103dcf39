-- One row per customer.
with received as (
    select * from raw.customers
)

select
    customer_id,
    customer_name,
    customer_group,
    channel,
    region,
    source_file,
    cast(source_line as bigint) as source_line
from received
