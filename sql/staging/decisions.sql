-- One row per decision.
with received as (
    select * from raw.decisions
)

select
    decision_id,
    family_id,
    case when isfinite(try_cast(raised_on as date)) then try_cast(raised_on as date) end as raised_on,
    text,
    owner,
    case when isfinite(try_cast(due_date as date)) then try_cast(due_date as date) end as due_date,
    decision_status,
    source_file,
    cast(source_line as bigint) as source_line
from received
