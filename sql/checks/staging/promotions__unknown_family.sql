-- One row per promotion whose family no master knows.
-- severity: error
-- owner: team:marketing
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with promotions as (
    select * from staging.promotions
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(promotions.source_file as varchar) as source_file,
    cast(promotions.source_line as bigint) as source_line,
    cast(promotions.family_id as varchar) as value
from promotions
left join product_families on promotions.family_id = product_families.family_id
where
    promotions.family_id is not null
    and product_families.family_id is null
