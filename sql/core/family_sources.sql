-- One row per way to supply a family.
with items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

resources as (
    select
        resource_id,
        resource_type
    from core.resources
),

routings as (
    select
        item_id,
        routing_id,
        max(share_ratio) as share_ratio,
        bool_and(coalesce(resources.resource_type = 'subcontractor', false)) as is_subcontract,
        min(resource_id) filter (where resources.resource_type = 'subcontractor') as subcontractor_id
    from staging.routings
    left join resources using (resource_id)
    group by item_id, routing_id
),

routing_shares as (
    select
        *,
        case
            when max(share_ratio) over item > 0 then coalesce(share_ratio, 0) / sum(share_ratio) over item
            when row_number() over (partition by item_id order by is_subcontract, routing_id <> 'main', routing_id) = 1 then 1
            else 0
        end as item_share_ratio
    from routings
    window item as (partition by item_id)
),

supplier_items as (
    select *
    from staging.supplier_items
    where coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by item_id, supplier_id order by valid_from desc nulls last) = 1
),

supplier_shares as (
    select
        item_id,
        supplier_id,
        case
            when max(share_ratio) over item > 0 then coalesce(share_ratio, 0) / sum(share_ratio) over item
            else 1 / count(*) over item
        end as item_share_ratio
    from supplier_items
    window item as (partition by item_id)
),

subcontracted as (
    select distinct item_id from core.item_flows where subcontract_quantity <> 0
),

subcontract_allowed as (
    select distinct family_id from staging.supply_policies where subcontract_allowed
),

ways as (
    select
        items.item_id,
        items.family_id,
        case when routing_shares.is_subcontract then 'subcontract' else 'production' end as source_kind,
        case
            when routing_shares.is_subcontract then routing_shares.subcontractor_id
            else coalesce(routing_shares.routing_id, 'main')
        end as source_id,
        coalesce(routing_shares.item_share_ratio, 1) as item_share_ratio
    from items
    left join routing_shares using (item_id)
    where items.sourcing = 'make'
    union all
    -- receipts of made items, or a policy that allows subcontracting, without a subcontractor that a routing names
    select
        items.item_id,
        items.family_id,
        'subcontract' as source_kind,
        'main' as source_id,
        0 as item_share_ratio
    from items
    left join subcontracted using (item_id)
    left join subcontract_allowed using (family_id)
    where
        items.sourcing = 'make'
        and (subcontracted.item_id is not null or subcontract_allowed.family_id is not null)
        and items.family_id not in (
            select items.family_id from routing_shares inner join items using (item_id) where routing_shares.is_subcontract
        )
    union all
    select
        items.item_id,
        items.family_id,
        'purchase' as source_kind,
        coalesce(supplier_shares.supplier_id, 'main') as source_id,
        coalesce(supplier_shares.item_share_ratio, 1) as item_share_ratio
    from items
    left join supplier_shares using (item_id)
    where items.sourcing = 'buy'
),

weighed as (
    select
        ways.family_id,
        ways.source_kind,
        ways.source_id,
        sum(cast(item_mix.supply_mix_ratio * ways.item_share_ratio as decimal(38, 9))) as share_ratio
    from ways
    inner join item_mix using (item_id)
    group by ways.family_id, ways.source_kind, ways.source_id
)

select
    cast(family_id as varchar) as family_id,
    cast(source_kind as varchar) as source_kind,
    cast(source_id as varchar) as source_id,
    cast(least(share_ratio, 1) as double) as share_ratio
from weighed
order by family_id, source_kind, source_id
