-- One row per family: when sales last submitted for it, who used to, and what of the horizon this cycle's submissions cover.
with families as (
    select * from core.families
),

items as (
    select item_id, family_id from core.items where family_id is not null
),

periods as (
    select * from core.periods
),

-- a cycle's sales plan is submitted in its own period or the one before
cycle as (
    select
        max(period_start) filter (where periods_from_now = -1) as previous_start,
        min(period_start) filter (where periods_from_now between -season_length_periods and -1) as season_start
    from periods
),

extract_status as (
    select coalesce(bool_or(status in ('fresh', 'stale')), false) as is_supplied
    from staging.extract_status
    where extract = 'sales_forecasts'
),

submissions as (
    select
        coalesce(items.family_id, nullif(sales_forecasts.family_id, '*')) as family_id,
        coalesce(nullif(sales_forecasts.customer_group, '*'), '') as customer_group,
        sales_forecasts.author,
        sales_forecasts.submitted_on,
        sales_forecasts.period_start
    from staging.sales_forecasts as sales_forecasts
    left join items on sales_forecasts.item_id = items.item_id
    where sales_forecasts.submitted_on <= $as_of_date
),

by_family as (
    select
        submissions.family_id,
        max(submissions.submitted_on) as last_submitted_on,
        count(distinct submissions.period_start) filter (
            where submissions.submitted_on >= cycle.previous_start and periods.period_kind in ('current', 'horizon')
        ) as covered_periods
    from submissions
    cross join cycle
    left join periods on submissions.period_start = periods.period_start
    group by submissions.family_id
),

-- who submitted in the last season and has not in this cycle
by_author as (
    select
        submissions.family_id,
        submissions.author,
        submissions.customer_group,
        max(submissions.submitted_on) as last_submitted_on
    from submissions
    cross join cycle
    where submissions.submitted_on >= cycle.season_start
    group by submissions.family_id, submissions.author, submissions.customer_group
),

silent as (
    select
        by_author.family_id,
        string_agg(distinct by_author.author, ', ' order by by_author.author) as authors,
        string_agg(distinct nullif(by_author.customer_group, ''), ', ' order by nullif(by_author.customer_group, '')) as customer_groups
    from by_author
    cross join cycle
    -- a group that somebody else submitted for is not missing
    anti join (
        select by_author.family_id, by_author.customer_group from by_author cross join cycle where last_submitted_on >= cycle.previous_start
    ) as heard on by_author.family_id = heard.family_id and by_author.customer_group = heard.customer_group
    where by_author.last_submitted_on < cycle.previous_start
    group by by_author.family_id
)

select
    cast(families.family_id as varchar) as family_id,
    cast(by_family.last_submitted_on as date) as last_submitted_on,
    cast(coalesce(by_family.covered_periods, 0) as bigint) as covered_periods,
    cast(silent.authors as varchar) as silent_authors,
    cast(silent.customer_groups as varchar) as silent_customer_groups,
    cast(coalesce(by_family.last_submitted_on < cycle.previous_start, true) as boolean) as is_missing
from families
cross join cycle
cross join extract_status
left join by_family on families.family_id = by_family.family_id
left join silent on families.family_id = silent.family_id
where extract_status.is_supplied
order by families.family_id
