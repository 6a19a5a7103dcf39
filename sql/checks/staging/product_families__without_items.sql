-- One row per family that no item belongs to.
-- severity: warning
-- owner: team:engineering
-- column: family_id
-- hint: Name the family in items.family_id, or take it out; until then nothing says how it is supplied, at what cost and price.
with product_families as (
    select * from staging.product_families
),

items as (
    select distinct family_id from staging.items
)

select
    cast(product_families.source_file as varchar) as source_file,
    cast(product_families.source_line as bigint) as source_line,
    cast(product_families.family_id as varchar) as value
from product_families
anti join items using (family_id)
