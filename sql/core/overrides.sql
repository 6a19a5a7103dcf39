-- One row per override in force on a planned period.
with overrides as (
    select
        *,
        coalesce(nullif(item_id, '*'), '') as overridden_item_id,
        nullif(family_id, '*') as overridden_family_id
    from staging.overrides
    where
        entered_on <= $as_of_date
        and (expires_on is null or expires_on > $as_of_date)
),

items as (
    select * from core.items where family_id is not null
),

families as (
    select family_id from core.families
),

periods as (
    select period_start from core.periods where periods_from_now >= 0
),

placed as (
    select
        overrides.*,
        coalesce(items.family_id, families.family_id) as planned_family_id
    from overrides
    left join items on overrides.overridden_item_id = items.item_id
    left join families on overrides.overridden_family_id = families.family_id
    inner join periods using (period_start)
),

ranked as (
    select
        *,
        row_number() over (
            partition by measure, planned_family_id, overridden_item_id, period_start, step
            order by entered_on desc, source_file desc, source_line desc, override_id desc
        ) as place
    from placed
    where planned_family_id is not null
)

select
    cast(override_id as varchar) as override_id,
    cast(measure as varchar) as measure,
    cast(planned_family_id as varchar) as family_id,
    cast(overridden_item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(step as varchar) as step,
    cast(quantity as double) as quantity,
    cast(change_quantity as double) as change_quantity,
    cast(change_ratio as double) as change_ratio,
    cast(reason as varchar) as reason,
    cast(author as varchar) as author,
    cast(entered_on as date) as entered_on,
    cast(case when place > 1 then 1 else 0 end as bigint) as is_superseded
from ranked
order by override_id, family_id, item_id, period_start
