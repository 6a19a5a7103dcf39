-- One row per delivered line that credits money for a positive quantity.
-- severity: warning
-- owner: team:sales
-- column: shipped_quantity
-- hint: Write a return with a negative quantity and a negative amount.
with shipments as (
    select * from staging.shipments
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(shipped_quantity || ' for ' || net_amount as varchar) as value
from shipments
where
    shipped_quantity > 0
    and net_amount < 0
