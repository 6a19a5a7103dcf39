-- One row per submitted cell whose customer groups bought less than half of last season's demand: the rest of the market is not in it.
-- severity: warning
-- owner: team:sales
-- hint: Submit the missing customer groups of the cell, or the whole of it without a group.
with sales_submissions as (
    select * from core.sales_submissions where customer_groups > 0
),

submitted_groups as (
    select distinct
        nullif(item_id, '*') as item_id,
        nullif(family_id, '*') as family_id,
        period_start,
        customer_group
    from staging.sales_forecasts
    where submitted_on <= $as_of_date and customer_group is not null
),

customers as (
    select
        customer_id,
        customer_group
    from staging.customers
),

season as (
    select min(period_start) as first_day from core.periods where periods_from_now between -season_length_periods and -1
),

sold as (
    select
        order_lines.item_id,
        order_lines.family_id,
        customers.customer_group,
        sum(cast(order_lines.net_quantity * order_lines.planning_units_per_unit as decimal(38, 6))) as net_quantity
    from core.order_lines
    cross join season
    left join customers using (customer_id)
    where order_lines.demand_date >= season.first_day and order_lines.demand_date < $as_of_date
    group by order_lines.item_id, order_lines.family_id, customers.customer_group
),

cells as (
    select
        sales_submissions.family_id,
        sales_submissions.item_id,
        sales_submissions.period_start,
        sum(sold.net_quantity) as season_quantity,
        sum(sold.net_quantity) filter (where submitted_groups.customer_group is not null) as submitted_groups_quantity
    from sales_submissions
    inner join sold on sales_submissions.family_id = sold.family_id and sales_submissions.item_id in ('', sold.item_id)
    left join submitted_groups
        on
            sold.customer_group = submitted_groups.customer_group
            and sales_submissions.period_start = submitted_groups.period_start
            and case
                when sales_submissions.item_id = '' then sales_submissions.family_id = submitted_groups.family_id
                else sales_submissions.item_id = submitted_groups.item_id
            end
    group by sales_submissions.family_id, sales_submissions.item_id, sales_submissions.period_start
)

select
    cast(family_id as varchar) as family_id,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(coalesce(submitted_groups_quantity, 0) / nullif(season_quantity, 0) as double) as covered_ratio
from cells
where season_quantity > 0 and coalesce(submitted_groups_quantity, 0) < 0.5 * season_quantity
order by family_id, item_id, period_start
