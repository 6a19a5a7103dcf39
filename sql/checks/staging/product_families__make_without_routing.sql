-- One row per family with made finished items of which none has a routing or a bill of resources.
-- severity: warning
-- owner: team:engineering
-- column: family_id
-- hint: Send routings or bill_of_resources; until then the family is planned without capacity.
with product_families as (
    select * from staging.product_families
),

made as (
    select item_id, family_id
    from staging.items
    where item_type = 'finished' and sourcing = 'make'
),

loading as (
    select item_id from staging.routings
    union
    select item_id from staging.bill_of_resources where item_id is not null
),

loaded_families as (
    select family_id from staging.bill_of_resources where family_id is not null
    union
    select made.family_id from made inner join loading using (item_id)
)

select
    cast(product_families.source_file as varchar) as source_file,
    cast(product_families.source_line as bigint) as source_line,
    cast(product_families.family_id as varchar) as value
from product_families
inner join (select distinct family_id from made) as made_families using (family_id)
left join loaded_families using (family_id)
where
    loaded_families.family_id is null
    and exists (select 1 from staging.resources)
