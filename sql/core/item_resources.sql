-- One row per item, resource and offset: hours (or other capacity units) one item unit takes, with its own components.
with routing_usage as (
    select * from core.routing_usage
),

items as (
    select * from core.items
),

-- without the master of a resource nothing is known of its capacity: what it works on is planned without it
resources as (
    select * from core.resources
),

item_requirements as (
    select * from core.item_requirements where not is_of_other_family and not is_in_bill_of_resources
),

season as (
    select 365.0 / max(season_length_periods) as days_per_period from core.periods
),

bill_of_resources as (
    select
        nullif(family_id, '*') as family_id,
        nullif(item_id, '*') as item_id,
        resource_id,
        usage_per_unit,
        coalesce(lead_time_offset_periods, 0) as lead_time_offset_periods
    from staging.bill_of_resources
    where coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id, resource_id order by valid_from desc nulls last) = 1
),

routed as (
    select distinct item_id from staging.routings
),

billed as (
    select distinct item_id from bill_of_resources where item_id is not null
),

-- what an item takes in its own operations: by its routing, else its bill
own_usage as (
    select
        item_id,
        resource_id,
        lead_time_offset_periods,
        usage_per_unit,
        'routing' as basis
    from routing_usage
    union all
    select
        bill_of_resources.item_id,
        bill_of_resources.resource_id,
        bill_of_resources.lead_time_offset_periods,
        bill_of_resources.usage_per_unit,
        'bill_of_resources' as basis
    from bill_of_resources
    anti join routed on bill_of_resources.item_id = routed.item_id
    where bill_of_resources.item_id is not null
),

exploded as (
    select
        item_requirements.item_id,
        own_usage.resource_id,
        own_usage.lead_time_offset_periods + round(item_requirements.lead_time_offset_days / season.days_per_period) as lead_time_offset_periods,
        item_requirements.gross_quantity_per * own_usage.usage_per_unit as usage_per_unit,
        own_usage.basis
    from item_requirements
    inner join own_usage on item_requirements.component_item_id = own_usage.item_id
    cross join season
    union all
    -- the bill of the family stands in for items that have neither
    select
        items.item_id,
        bill_of_resources.resource_id,
        bill_of_resources.lead_time_offset_periods,
        bill_of_resources.usage_per_unit * items.planning_units_per_unit as usage_per_unit,
        'bill_of_resources' as basis
    from items
    inner join bill_of_resources on items.family_id = bill_of_resources.family_id
    anti join routed on items.item_id = routed.item_id
    anti join billed on items.item_id = billed.item_id
    union all
    -- bought components with supplier quotas, whatever bill holds the hours above them
    select
        item_requirements.item_id,
        quota_components.resource_id,
        round(item_requirements.lead_time_offset_days / season.days_per_period) as lead_time_offset_periods,
        item_requirements.gross_quantity_per as usage_per_unit,
        'bill_of_materials' as basis
    from core.item_requirements
    inner join core.quota_components on item_requirements.component_item_id = quota_components.item_id
    inner join core.resources on quota_components.resource_id = resources.resource_id and resources.is_supplier_quota
    cross join season
)

select
    cast(exploded.item_id as varchar) as item_id,
    cast(any_value(items.family_id) as varchar) as family_id,
    cast(exploded.resource_id as varchar) as resource_id,
    cast(exploded.lead_time_offset_periods as bigint) as lead_time_offset_periods,
    cast(sum(cast(exploded.usage_per_unit as decimal(38, 9))) as double) as usage_per_unit,
    cast(case when bool_or(exploded.basis = 'routing') then 'routing' else min(exploded.basis) end as varchar) as basis
from exploded
inner join items on exploded.item_id = items.item_id
semi join resources on exploded.resource_id = resources.resource_id
group by exploded.item_id, exploded.resource_id, exploded.lead_time_offset_periods
having sum(cast(exploded.usage_per_unit as decimal(38, 9))) > 0
order by exploded.item_id, exploded.resource_id, exploded.lead_time_offset_periods
