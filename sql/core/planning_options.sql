-- One row per family and option or common part of its planning bill: item units in one planning unit of the family.
with planning_bills as (
    select *
    from staging.planning_bills
    where kind <> 'variant' and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id order by valid_from desc nulls last) = 1
),

families as (
    select family_id from core.families
),

items as (
    select item_id from core.items
)

select
    cast(planning_bills.family_id as varchar) as family_id,
    cast(planning_bills.item_id as varchar) as item_id,
    cast(planning_bills.kind as varchar) as kind,
    cast(planning_bills.mix_ratio as double) as quantity_per_unit
from planning_bills
semi join families on planning_bills.family_id = families.family_id
semi join items on planning_bills.item_id = items.item_id
where planning_bills.mix_ratio > 0
order by planning_bills.family_id, planning_bills.item_id
