-- One row per author, submitted cell, closed period of the last season and lag: what the author last said then, and what came.
with periods as (
    select * from core.periods
),

families as (
    select * from core.families
),

items as (
    select * from core.items where family_id is not null
),

order_lines as (
    select * from core.order_lines
),

customers as (
    select
        customer_id,
        customer_group
    from staging.customers
    where customer_group is not null
),

submissions as (
    select
        sales_forecasts.author,
        coalesce(items.family_id, families.family_id) as family_id,
        coalesce(items.item_id, '') as item_id,
        coalesce(nullif(sales_forecasts.customer_group, '*'), '') as customer_group,
        sales_forecasts.period_start,
        sales_forecasts.submitted_on,
        sales_forecasts.source_file,
        sales_forecasts.source_line,
        cast(sales_forecasts.quantity as double) * coalesce(items.planning_units_per_unit, 1) as submitted_quantity
    from staging.sales_forecasts as sales_forecasts
    left join items on sales_forecasts.item_id = items.item_id
    left join families on sales_forecasts.family_id = families.family_id
),

-- whose customers nobody lists cannot be judged
judgeable as (
    select *
    from submissions
    where
        family_id is not null
        and (customer_group = '' or customer_group in (select customer_group from customers))
),

-- the lag is counted from the period in which the author spoke, as that of a plan is from its cycle
asked as (
    select
        targets.period_start,
        targets.periods_from_now,
        cycles.periods_from_now as cycle_number,
        targets.periods_from_now - cycles.periods_from_now as lag_periods,
        cycles.period_end as spoken_until
    from periods as targets
    inner join periods as cycles on targets.periods_from_now - cycles.periods_from_now between 1 and 6
    where targets.periods_from_now between -targets.season_length_periods and -1
),

said as (
    select
        judgeable.*,
        asked.periods_from_now,
        asked.lag_periods
    from judgeable
    inner join asked on judgeable.period_start = asked.period_start and judgeable.submitted_on <= asked.spoken_until
    qualify row_number() over (
        partition by
            judgeable.author, judgeable.family_id, judgeable.item_id, judgeable.customer_group, judgeable.period_start, asked.lag_periods
        order by judgeable.submitted_on desc, judgeable.source_file desc, judgeable.source_line desc
    ) = 1
),

sold as (
    select
        order_lines.family_id,
        order_lines.item_id,
        customers.customer_group,
        periods.periods_from_now,
        cast(order_lines.net_quantity * order_lines.planning_units_per_unit as decimal(38, 6)) as quantity
    from order_lines
    inner join families on order_lines.family_id = families.family_id
    left join customers on order_lines.customer_id = customers.customer_id
    inner join periods
        on
            case when families.production_strategy = 'make_to_stock' then order_lines.demand_date else order_lines.order_date end
            between periods.period_start and periods.period_end
    where periods.periods_from_now between -2 * periods.season_length_periods and -1
),

came as (
    select
        family_id,
        case when grouping(item_id) = 0 then item_id else '' end as item_id,
        case when grouping(customer_group) = 0 then customer_group else '' end as customer_group,
        periods_from_now,
        sum(quantity) as quantity
    from sold
    group by grouping sets (
        (family_id, periods_from_now),
        (family_id, customer_group, periods_from_now),
        (family_id, item_id, periods_from_now),
        (family_id, item_id, customer_group, periods_from_now)
    )
    having grouping(customer_group) = 1 or customer_group is not null
),

first_period as (
    select min(periods_from_now) as periods_from_now from sold
),

season as (
    select max(season_length_periods) as season_length_periods from periods
)

select
    cast(said.author as varchar) as author,
    cast(said.family_id as varchar) as family_id,
    cast(said.item_id as varchar) as item_id,
    cast(said.customer_group as varchar) as customer_group,
    cast(said.period_start as date) as period_start,
    cast(said.lag_periods as bigint) as lag_periods,
    cast(said.submitted_on as date) as submitted_on,
    cast(said.submitted_quantity as double) as submitted_quantity,
    cast(coalesce(came.quantity, 0) as double) as actual_quantity,
    cast(
        case
            when said.periods_from_now - season.season_length_periods >= first_period.periods_from_now then coalesce(a_season_before.quantity, 0)
        end as double
    ) as previous_year_quantity
from said
cross join first_period
cross join season
left join came
    on
        said.family_id = came.family_id
        and said.item_id = came.item_id
        and said.customer_group = came.customer_group
        and said.periods_from_now = came.periods_from_now
left join came as a_season_before
    on
        said.family_id = a_season_before.family_id
        and said.item_id = a_season_before.item_id
        and said.customer_group = a_season_before.customer_group
        and said.periods_from_now - season.season_length_periods = a_season_before.periods_from_now
order by said.author, said.family_id, said.item_id, said.customer_group, said.period_start, said.lag_periods
