-- One row per stock line below zero.
-- severity: warning
-- owner: team:supply_chain
-- column: quantity
-- hint: Book the missing receipt, or correct the count; the plan starts from zero there.
with inventory as (
    select * from staging.inventory
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(quantity as varchar) as value
from inventory
where quantity < 0
