-- One row per item whose family no master knows.
-- severity: warning
-- owner: team:engineering
-- column: family_id
-- hint: Send the family with product_families, or correct the code; where the item is sold it is planned in family unassigned.
with items as (
    select * from staging.items
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(items.source_file as varchar) as source_file,
    cast(items.source_line as bigint) as source_line,
    cast(items.family_id as varchar) as value
from items
left join product_families on items.family_id = product_families.family_id
where
    items.family_id is not null
    and product_families.family_id is null
