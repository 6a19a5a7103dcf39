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
)

select
    cast(family_id as varchar) as family_id,
    cast(item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(sum(cast(quantity as decimal(38, 6))) as double) as submitted_quantity,
    cast(max(submitted_on) as date) as submitted_on,
    cast(string_agg(distinct author, ', ' order by author) as varchar) as author,
    cast(string_agg(distinct reason, '; ' order by reason) as varchar) as reason,
    cast(count(*) filter (where customer_group <> '') as bigint) as customer_groups
from counting
where (customer_group = '') = is_without_groups
group by family_id, item_id, period_start
order by family_id, item_id, period_start
