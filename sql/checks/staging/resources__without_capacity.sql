-- One row per critical resource whose capacity is not known through the horizon.
-- severity: warning
-- owner: team:production
-- column: resource_id
-- hint: Give hours_per_day, or resource_capacity or workforce for every period of the horizon.
with resources as (
    select * from staging.resources
),

-- heads are the capacity of labour, of nothing else
headed as (
    select
        workforce.resource_id,
        workforce.period_start
    from staging.workforce
    inner join resources using (resource_id)
    where workforce.headcount is not null and resources.resource_type = 'labour'
),

stated as (
    select resource_id, period_start from staging.resource_capacity where regular_capacity is not null
    union all
    select resource_id, period_start from headed
),

last_stated as (
    select
        resource_id,
        max(period_start) as last_period,
        bool_or(resource_id in (select resource_id from headed)) as has_heads
    from stated
    group by resource_id
)

select
    cast(resources.source_file as varchar) as source_file,
    cast(resources.source_line as bigint) as source_line,
    cast(coalesce(cast(last_stated.last_period as varchar), 'none') as varchar) as value
from resources
left join last_stated using (resource_id)
where
    resources.is_critical
    and resources.hours_per_day is null
    -- a store has its room, and working capital its limit, in number_of_units; one of them is what an empty cell stands for
    and not (
        resources.number_of_units <> 1
        and (
            (resources.resource_type = 'facility' and resources.capacity_unit in ('m3', 'pallets', 'units'))
            or (resources.resource_type in ('facility', 'material') and regexp_full_match(resources.capacity_unit, '[A-Z]{3}'))
        )
    )
    -- heads hold until another row says otherwise
    and not coalesce(last_stated.has_heads, false)
    and coalesce(last_stated.last_period < cast($last_period_start as date), true)
