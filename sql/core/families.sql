-- One row per planned product family.
with product_families as (
    select * from staging.product_families
),

items as (
    select * from core.items
),

resources as (
    select
        resource_id,
        coalesce(nullif(site_id, '*'), '') as site_id
    from staging.resources
),

routings as (
    select * from staging.routings
),

bill_of_resources as (
    select
        nullif(family_id, '*') as family_id,
        nullif(item_id, '*') as item_id,
        resource_id
    from staging.bill_of_resources
),

production as (
    select
        item_id,
        sum(cast(good_quantity as decimal(38, 6))) as good_quantity
    from staging.production_history
    where completion_date < $as_of_date
    group by item_id
),

-- hours by site, of what was made; of one unit of each item where nothing was
site_hours as (
    select
        items.family_id,
        resources.site_id,
        sum(cast(
            coalesce(production.good_quantity, 0) * (routings.run_hours_per_unit + coalesce(routings.labour_hours_per_unit, 0))
            as decimal(38, 6)
        )) as made_hours,
        sum(cast(routings.run_hours_per_unit + coalesce(routings.labour_hours_per_unit, 0) as decimal(38, 6))) as unit_hours
    from routings
    inner join items using (item_id)
    inner join resources using (resource_id)
    left join production using (item_id)
    where items.family_id is not null and resources.site_id <> ''
    group by items.family_id, resources.site_id
),

main_sites as (
    select
        family_id,
        site_id
    from site_hours
    qualify row_number() over (partition by family_id order by made_hours desc, unit_hours desc, site_id) = 1
),

capacitated as (
    select family_id
    from bill_of_resources
    semi join resources using (resource_id)
    where family_id is not null
    union
    select items.family_id
    from core.item_resources
    inner join items using (item_id)
    -- a quota of a component says nothing of what the family is made on
    where item_resources.basis <> 'bill_of_materials'
),

unassigned as (
    select
        'unassigned' as family_id,
        'Unassigned items' as family_name,
        case when count(distinct unit_of_measure) = 1 then min(unit_of_measure) else 'units' end as planning_unit,
        'make_to_stock' as production_strategy,
        0 as demand_time_fence_periods,
        0 as planning_time_fence_periods
    from items
    where family_id = 'unassigned' and family_id not in (select family_id from product_families)
    having count(*) > 0
),

families as (
    select * from product_families
    union all by name
    select * from unassigned
)

select
    cast(families.family_id as varchar) as family_id,
    cast(families.family_name as varchar) as family_name,
    cast(coalesce(families.product_group, 'ungrouped') as varchar) as product_group,
    cast(families.planning_unit as varchar) as planning_unit,
    cast(families.production_strategy as varchar) as production_strategy,
    cast(coalesce(nullif(families.site_id, '*'), main_sites.site_id, '') as varchar) as site_id,
    cast(families.customer_lead_time_days as double) as customer_lead_time_days,
    cast(families.demand_time_fence_periods as bigint) as demand_time_fence_periods,
    cast(families.planning_time_fence_periods as bigint) as planning_time_fence_periods,
    cast(families.planner as varchar) as planner,
    cast(capacitated.family_id is null as boolean) as is_uncapacitated
from families
left join main_sites on families.family_id = main_sites.family_id
left join capacitated on families.family_id = capacitated.family_id
order by families.family_id
