-- One row per item with a routing, resource and offset: what a good unit takes in the item's own operations, over its routings.
with resources as (
    select
        resource_id,
        resource_type
    from staging.resources
),

-- a routing that starts to hold later counts now for an item that has no other: a launch is planned on it
routings as (
    select *
    from staging.routings
    qualify
        coalesce(valid_from, date '1900-01-01') <= $as_of_date
        or not bool_or(coalesce(valid_from, date '1900-01-01') <= $as_of_date) over (partition by item_id)
),

periods as (
    select
        min(period_start) as season_start
    from core.periods
    where periods_from_now between -season_length_periods and -1
),

items as (
    select
        items.item_id,
        staged.lot_minimum
    from core.items
    inner join staging.items as staged using (item_id)
),

completions as (
    select
        item_id,
        cast(avg(good_quantity) as double) as average_completion_quantity
    from staging.production_history
    cross join periods
    where completion_date >= season_start and completion_date < $as_of_date and good_quantity > 0
    group by item_id
),

-- what an operation puts in is the good output divided by the yields of it and all later ones
operations as (
    select
        routings.*,
        coalesce(resources.resource_type = 'subcontractor', false) as is_subcontracted,
        product(coalesce(routings.yield_ratio, 1)) over (
            partition by routings.item_id, routings.routing_id
            order by try_cast(routings.operation as double) desc nulls first, routings.operation desc
            rows between unbounded preceding and current row
        ) as yield_from_here_ratio
    from routings
    left join resources on routings.resource_id = resources.resource_id
),

-- a routing on subcontractors is another way to supply: in-house and subcontracted routings share out separately
routing_kinds as (
    select
        item_id,
        routing_id,
        bool_and(is_subcontracted) as is_subcontract,
        max(share_ratio) as share_ratio
    from operations
    group by item_id, routing_id
),

-- where no share is stated the main routing makes everything
weighed as (
    select
        *,
        case
            when max(share_ratio) over kind > 0 then coalesce(share_ratio, 0)
            when row_number() over (partition by item_id, is_subcontract order by routing_id <> 'main', routing_id) = 1 then 1
            else 0
        end as weight
    from routing_kinds
    window kind as (partition by item_id, is_subcontract)
),

shares as (
    select
        *,
        weight / sum(weight) over (partition by item_id, is_subcontract) as routing_share_ratio
    from weighed
),

usages as (
    select
        operations.item_id,
        operations.resource_id,
        coalesce(operations.lead_time_offset_periods, 0) as lead_time_offset_periods,
        shares.is_subcontract,
        shares.routing_share_ratio * (
            operations.run_hours_per_unit / operations.yield_from_here_ratio
            + coalesce(operations.setup_hours / nullif(coalesce(completions.average_completion_quantity, items.lot_minimum), 0), 0)
        ) as usage_per_unit
    from operations
    inner join shares using (item_id, routing_id)
    inner join items using (item_id)
    left join completions using (item_id)
    union all
    select
        operations.item_id,
        operations.labour_resource_id as resource_id,
        coalesce(operations.lead_time_offset_periods, 0) as lead_time_offset_periods,
        shares.is_subcontract,
        shares.routing_share_ratio * operations.labour_hours_per_unit / operations.yield_from_here_ratio as usage_per_unit
    from operations
    inner join shares using (item_id, routing_id)
    where operations.labour_resource_id is not null and operations.labour_hours_per_unit is not null
)

select
    cast(item_id as varchar) as item_id,
    cast(resource_id as varchar) as resource_id,
    cast(lead_time_offset_periods as bigint) as lead_time_offset_periods,
    cast(bool_and(is_subcontract) as boolean) as is_subcontract,
    cast(sum(cast(usage_per_unit as decimal(38, 9))) as double) as usage_per_unit
from usages
group by item_id, resource_id, lead_time_offset_periods
having sum(cast(usage_per_unit as decimal(38, 9))) > 0
order by item_id, resource_id, lead_time_offset_periods
