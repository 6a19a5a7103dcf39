-- One row per item and resource where both a routing and a bill of resources stand, and the hours differ by more than a twentieth.
-- severity: warning
-- owner: team:engineering
-- hint: The routing is used; correct the one that is wrong, or take the bill of resources out.
with item_resources as (
    select
        item_id,
        resource_id,
        sum(cast(usage_per_unit as decimal(38, 9))) as usage_per_unit
    from core.item_resources
    where basis = 'routing'
    group by item_id, resource_id
),

bill_of_resources as (
    select
        nullif(item_id, '*') as item_id,
        resource_id,
        usage_per_unit
    from staging.bill_of_resources
    where nullif(item_id, '*') is not null and coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by item_id, resource_id order by valid_from desc nulls last) = 1
),

routed as (
    select distinct item_id from item_resources
)

select
    cast(bill_of_resources.item_id as varchar) as item_id,
    cast(bill_of_resources.resource_id as varchar) as resource_id,
    cast(bill_of_resources.usage_per_unit as double) as usage_by_bill,
    cast(coalesce(item_resources.usage_per_unit, 0) as double) as usage_by_routing
from bill_of_resources
inner join routed using (item_id)
left join item_resources on bill_of_resources.item_id = item_resources.item_id and bill_of_resources.resource_id = item_resources.resource_id
where abs(bill_of_resources.usage_per_unit - coalesce(item_resources.usage_per_unit, 0)) > 0.05 * bill_of_resources.usage_per_unit
order by bill_of_resources.item_id, bill_of_resources.resource_id
