-- One row per family or item and planned period: the submission that counts, groups summed.
with items as (
    select * from core.items where family_id is not null
),

families as (
    select family_id from core.families
),

periods as (
    select period_start from core.periods where periods_from_now >= 0
),

submissions as (
    select
        coalesce(nullif(item_id, '*'), '') as item_id,
        nullif(family_id, '*') as stated_family_id,
        coalesce(nullif(customer_group, '*'), '') as customer_group,
        period_start,
        quantity,
        submitted_on,
        author,
        reason,
        source_file,
        source_line
    from staging.sales_forecasts
    where submitted_on <= $as_of_date
),

placed as (
    select
        submissions.*,
        coalesce(items.family_id, families.family_id) as family_id
    from submissions
    left join items using (item_id)
    left join families on submissions.stated_family_id = families.family_id
    inner join periods using (period_start)
),

-- of each customer group the latest submission, whoever made it
latest as (
    select *
    from placed
    where family_id is not null
    qualify row_number() over (
        partition by family_id, item_id, period_start, customer_group order by submitted_on desc, source_file desc, source_line desc
    ) = 1
),

-- a cell is what came last: one row for the whole of it, or the groups
ranked as (
    select
        *,
        row_number() over (
            partition by family_id, item_id, period_start order by submitted_on desc, source_file desc, source_line desc
        ) as place
    from latest
),

counting as (
    select
        *,
        max(customer_group) filter (where place = 1) over (partition by family_id, item_id, period_start) = '' as is_without_groups
    from ranked
),

submitted as (
    select
        family_id,
        item_id,
        period_start,
        sum(cast(quantity as decimal(38, 6))) as submitted_quantity,
        max(submitted_on) as submitted_on,
        string_agg(distinct author, ', ' order by author) as author,
        string_agg(distinct reason, '; ' order by reason) as reason,
        list(customer_group) filter (where customer_group <> '') as customer_groups
    from counting
    where (customer_group = '') = is_without_groups
    group by family_id, item_id, period_start
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

-- what each customer group asked for in the last season, of a family (without an item) and of each of its items
sold as (
    select
        order_lines.family_id,
        coalesce(order_lines.item_id, '') as item_id,
        customers.customer_group,
        sum(cast(order_lines.net_quantity * order_lines.planning_units_per_unit as decimal(38, 6))) as net_quantity
    from core.order_lines
    cross join season
    left join customers on order_lines.customer_id = customers.customer_id
    where
        order_lines.demand_date >= season.first_day
        and order_lines.demand_date < $as_of_date
        -- whose customers nobody lists cannot be judged
        and exists(select * from customers where customer_group is not null)
        and order_lines.family_id in (select family_id from submitted where len(customer_groups) > 0)
    group by grouping sets (
        (order_lines.family_id, customers.customer_group),
        (order_lines.family_id, order_lines.item_id, customers.customer_group)
    )
),

covered as (
    select
        submitted.family_id,
        submitted.item_id,
        submitted.period_start,
        cast(
            coalesce(sum(sold.net_quantity) filter (where list_contains(submitted.customer_groups, sold.customer_group)), 0) as double
        ) / nullif(cast(sum(sold.net_quantity) as double), 0) as covered_ratio
    from submitted
    inner join sold on submitted.family_id = sold.family_id and submitted.item_id = sold.item_id
    where len(submitted.customer_groups) > 0
    group by submitted.family_id, submitted.item_id, submitted.period_start
)

select
    cast(submitted.family_id as varchar) as family_id,
    cast(submitted.item_id as varchar) as item_id,
    cast(submitted.period_start as date) as period_start,
    cast(submitted.submitted_quantity as double) as submitted_quantity,
    cast(submitted.submitted_on as date) as submitted_on,
    cast(submitted.author as varchar) as author,
    cast(submitted.reason as varchar) as reason,
    cast(coalesce(len(submitted.customer_groups), 0) as bigint) as customer_groups,
    cast(covered.covered_ratio as double) as covered_ratio
from submitted
left join covered
    on
        submitted.family_id = covered.family_id
        and submitted.item_id = covered.item_id
        and submitted.period_start = covered.period_start
order by submitted.family_id, submitted.item_id, submitted.period_start
