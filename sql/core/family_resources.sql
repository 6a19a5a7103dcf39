-- One row per family, resource and offset: the bill of resources, mix-weighted, per planning unit.
with item_resources as (
    select * from core.item_resources
),

items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

resources as (
    select * from core.resources
),

planning_bills as (
    select
        family_id,
        item_id,
        mix_ratio
    from staging.planning_bills
    where kind <> 'variant' and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id order by valid_from desc nulls last) = 1
),

-- item units in one planning unit of the family: its mix, and beside it the options and common parts of its planning bill
contents as (
    select
        item_mix.item_id,
        item_mix.family_id,
        item_mix.supply_mix_ratio / items.planning_units_per_unit as units_per_planning_unit
    from item_mix
    inner join items using (item_id)
    union all
    select
        planning_bills.item_id,
        planning_bills.family_id,
        planning_bills.mix_ratio as units_per_planning_unit
    from planning_bills
    inner join items on planning_bills.item_id = items.item_id and planning_bills.family_id = items.family_id
),

usages as (
    select
        contents.family_id,
        item_resources.resource_id,
        item_resources.lead_time_offset_periods,
        contents.units_per_planning_unit * item_resources.usage_per_unit as usage_per_unit,
        item_resources.basis
    from contents
    inner join item_resources using (item_id)
    union all
    -- a family that lists no items is planned on its own bill
    select
        nullif(bill_of_resources.family_id, '*') as family_id,
        bill_of_resources.resource_id,
        coalesce(bill_of_resources.lead_time_offset_periods, 0) as lead_time_offset_periods,
        bill_of_resources.usage_per_unit,
        'bill_of_resources' as basis
    from staging.bill_of_resources
    semi join resources on bill_of_resources.resource_id = resources.resource_id
    anti join items on bill_of_resources.family_id = items.family_id
    where nullif(bill_of_resources.family_id, '*') is not null and coalesce(bill_of_resources.valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (
        partition by bill_of_resources.family_id, bill_of_resources.resource_id order by bill_of_resources.valid_from desc nulls last
    ) = 1
)

select
    cast(family_id as varchar) as family_id,
    cast(resource_id as varchar) as resource_id,
    cast(lead_time_offset_periods as bigint) as lead_time_offset_periods,
    cast(sum(cast(usage_per_unit as decimal(38, 9))) as double) as usage_per_unit,
    cast(case when min(basis) = max(basis) then min(basis) else 'both' end as varchar) as basis
from usages
group by family_id, resource_id, lead_time_offset_periods
having sum(cast(usage_per_unit as decimal(38, 9))) > 0
order by family_id, resource_id, lead_time_offset_periods
