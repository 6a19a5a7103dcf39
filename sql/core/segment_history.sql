-- One row per family, dimension (region, channel), segment and period with demand, in planning units; none without customers.
with customers as (
    select
        customer_id,
        region,
        channel
    from staging.customers
),

families as (
    select * from core.families
),

order_lines as (
    select * from core.order_lines
),

periods as (
    select * from core.periods where periods_from_now < 0
),

-- a dimension that no customer states is none
dimensions as (
    select 'region' as dimension from customers having count(region) > 0
    union all
    select 'channel' as dimension from customers having count(channel) > 0
),

-- made to stock counts on the requested day, the rest on the day of booking
demanded as (
    select
        order_lines.family_id,
        order_lines.customer_id,
        case when families.production_strategy = 'make_to_stock' then order_lines.demand_date else order_lines.order_date end as demand_day,
        cast(order_lines.net_quantity * order_lines.planning_units_per_unit as decimal(38, 6)) as demand_quantity
    from order_lines
    inner join families on order_lines.family_id = families.family_id
)

select
    cast(demanded.family_id as varchar) as family_id,
    cast(dimensions.dimension as varchar) as dimension,
    cast(coalesce(case dimensions.dimension when 'region' then customers.region else customers.channel end, 'not given') as varchar) as segment,
    cast(periods.period_start as date) as period_start,
    cast(periods.periods_from_now as bigint) as periods_from_now,
    cast(sum(demanded.demand_quantity) as double) as demand_quantity
from demanded
cross join dimensions
left join customers on demanded.customer_id = customers.customer_id
inner join periods on demanded.demand_day between periods.period_start and periods.period_end
group by all
order by family_id, dimension, segment, period_start
