-- One row per site whose calendar ends before the last period of the horizon: its last row.
-- severity: warning
-- owner: team:production
-- column: period_start
-- hint: Send the working days of the years to come; until then Monday to Friday counts.
with working_calendar as (
    select * from staging.working_calendar
),

last_rows as (
    select *
    from working_calendar
    qualify row_number() over (partition by site_id order by period_start desc) = 1
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(site_id || ' ends ' || period_start as varchar) as value
from last_rows
where period_start < cast($last_period_start as date)
