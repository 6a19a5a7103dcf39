-- One row per assumption whose family no master knows.
-- severity: error
-- owner: team:marketing
-- column: family_id
-- hint: Send the family with product_families, or correct the code.
with market_assumptions as (
    select * from staging.market_assumptions
),

product_families as (
    select distinct family_id from staging.product_families
)

select
    cast(market_assumptions.source_file as varchar) as source_file,
    cast(market_assumptions.source_line as bigint) as source_line,
    cast(market_assumptions.family_id as varchar) as value
from market_assumptions
left join product_families on market_assumptions.family_id = product_families.family_id
where
    market_assumptions.family_id is not null
    and product_families.family_id is null
