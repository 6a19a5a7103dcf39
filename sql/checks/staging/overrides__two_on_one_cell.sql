-- One row per override in force of a cell and step that has several: the one entered last counts.
-- severity: warning
-- owner: team:planning
-- column: override_id
-- hint: Agree on one of them and let the others expire (expires_on).
with overrides as (
    select *
    from staging.overrides
    where
        entered_on <= $as_of_date
        and (expires_on is null or expires_on > $as_of_date)
        -- no period is longer than five weeks: one that began before that is over
        and period_start > $as_of_date - 35
),

ranked as (
    select
        *,
        count(*) over cell as overrides_of_cell,
        first_value(override_id) over newest as counting_override_id,
        row_number() over newest as place
    from overrides
    window
        cell as (partition by measure, item_id, family_id, period_start, step),
        newest as (
            partition by measure, item_id, family_id, period_start, step
            order by entered_on desc, source_file desc, source_line desc, override_id desc
        )
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(
        override_id || ' ('
        || coalesce(
            'quantity ' || cast(quantity as double),
            'change ' || format('{:+g}', cast(change_quantity as double)),
            'change ' || format('{:+g}', 100 * change_ratio) || ' %'
        )
        || '), entered on ' || entered_on
        || case when place = 1 then ', counts' else ', gives way to ' || counting_override_id end as varchar
    ) as value
from ranked
where overrides_of_cell > 1
