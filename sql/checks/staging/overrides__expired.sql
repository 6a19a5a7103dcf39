-- One row per override of a period not over yet that expired and changes nothing any more.
-- severity: info
-- owner: team:planning
-- column: expires_on
-- hint: Enter it again with a later expires_on, or without one, where it should still count.
with overrides as (
    select *
    from staging.overrides
    where
        entered_on <= $as_of_date
        and expires_on <= $as_of_date
        -- no period is longer than five weeks: one that began before that is over
        and period_start > $as_of_date - 35
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(override_id || ' expired on ' || expires_on as varchar) as value
from overrides
