-- One row per family and closed period: the plan as last published before the period began, from the record of nights and cycles.
with recorded_plans as (
    select * from raw.recorded_plans
),

periods as (
    select period_start from core.periods where periods_from_now < 0
),

families as (
    select family_id from core.families
),

-- a version is the plan of a night; it stands in where the night itself is no longer kept
last_plans as (
    select recorded_plans.*
    from recorded_plans
    inner join periods using (period_start)
    inner join families using (family_id)
    where recorded_plans.as_of_date < recorded_plans.period_start
    qualify row_number() over (
        partition by recorded_plans.family_id, recorded_plans.period_start
        order by
            recorded_plans.as_of_date desc,
            list_position(['night', 'approved', 'frozen'], recorded_plans.record_kind),
            recorded_plans.cycle_id desc
    ) = 1
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(as_of_date as date) as published_on,
    cast(statistical_quantity as double) as statistical_quantity,
    cast(statistical_lower_quantity as double) as statistical_lower_quantity,
    cast(statistical_upper_quantity as double) as statistical_upper_quantity,
    cast(consensus_quantity as double) as consensus_quantity,
    cast(target_inventory_quantity as double) as target_inventory_quantity,
    cast(minimum_inventory_quantity as double) as minimum_inventory_quantity,
    cast(maximum_inventory_quantity as double) as maximum_inventory_quantity,
    cast(target_backlog_quantity as double) as target_backlog_quantity
from last_plans
order by family_id, period_start
