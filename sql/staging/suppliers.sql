-- One row per supplier.
with received as (
    select * from raw.suppliers
)

select
    supplier_id,
    supplier_name,
    country,
    case when try_cast(payment_terms_days as decimal(38, 9)) % 1 = 0 then try_cast(payment_terms_days as bigint) end as payment_terms_days,
    source_file,
    cast(source_line as bigint) as source_line
from received
