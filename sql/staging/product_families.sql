-- One row per product family, the level the plan is made on.
with received as (
    select * replace (
        coalesce(demand_time_fence_periods, '0') as demand_time_fence_periods,
        coalesce(planning_time_fence_periods, '0') as planning_time_fence_periods
    )
    from raw.product_families
)

select
    family_id,
    family_name,
    product_group,
    planning_unit,
    production_strategy,
    site_id,
    case when try_cast(customer_lead_time_days as decimal(38, 9)) % 1 = 0 then try_cast(customer_lead_time_days as bigint) end as customer_lead_time_days,
    case when try_cast(demand_time_fence_periods as decimal(38, 9)) % 1 = 0 then try_cast(demand_time_fence_periods as bigint) end as demand_time_fence_periods,
    case when try_cast(planning_time_fence_periods as decimal(38, 9)) % 1 = 0 then try_cast(planning_time_fence_periods as bigint) end as planning_time_fence_periods,
    planner,
    source_file,
    cast(source_line as bigint) as source_line
from received
