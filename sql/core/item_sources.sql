-- One row per item of a family and way to supply it.
with items as (
    select * from core.items where family_id is not null
),

families as (
    select
        family_id,
        site_id
    from core.families
),

resources as (
    select
        resource_id,
        resource_type,
        site_id
    from core.resources
),

-- a routing's site is that of its resources
routings as (
    select
        routings.item_id,
        routings.routing_id,
        bool_and(coalesce(resources.resource_type = 'subcontractor', false)) as is_subcontract,
        min(routings.resource_id) filter (where resources.resource_type = 'subcontractor') as subcontractor_id,
        min(nullif(resources.site_id, '')) as site_id
    from staging.routings
    left join resources on routings.resource_id = resources.resource_id
    group by routings.item_id, routings.routing_id
),

item_suppliers as (
    select * from core.item_suppliers
),

ways as (
    select
        items.item_id,
        case when routings.is_subcontract then 'subcontract' else 'production' end as source_kind,
        case when routings.is_subcontract then routings.subcontractor_id else coalesce(routings.routing_id, 'main') end as source_id,
        routings.site_id
    from items
    left join routings on items.item_id = routings.item_id
    where items.sourcing = 'make'
    union all
    select
        items.item_id,
        'purchase' as source_kind,
        coalesce(item_suppliers.supplier_id, 'main') as source_id,
        null as site_id
    from items
    left join item_suppliers on items.item_id = item_suppliers.item_id
    where items.sourcing = 'buy'
)

select
    cast(ways.item_id as varchar) as item_id,
    cast(any_value(items.family_id) as varchar) as family_id,
    cast(ways.source_kind as varchar) as source_kind,
    cast(ways.source_id as varchar) as source_id,
    cast(coalesce(min(ways.site_id), any_value(families.site_id)) as varchar) as site_id
from ways
inner join items on ways.item_id = items.item_id
inner join families on items.family_id = families.family_id
group by ways.item_id, ways.source_kind, ways.source_id
order by ways.item_id, ways.source_kind, ways.source_id
