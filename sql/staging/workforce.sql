-- One row per labour resource and period: the first planned period opens, later ones limit.
with received as (
    select * replace (
        coalesce(hours_per_head_per_day, '8') as hours_per_head_per_day
    )
    from raw.workforce
)

select
    resource_id,
    case when isfinite(try_cast(period_start as date)) then try_cast(period_start as date) end as period_start,
    try_cast(headcount as decimal(18, 4)) as headcount,
    try_cast(hours_per_head_per_day as decimal(18, 4)) as hours_per_head_per_day,
    case when isfinite(try_cast(absence_ratio as double)) then try_cast(absence_ratio as double) end as absence_ratio,
    try_cast(overtime_hours_per_head as decimal(18, 4)) as overtime_hours_per_head,
    try_cast(expected_leavers as decimal(18, 4)) as expected_leavers,
    try_cast(temporary_headcount as decimal(18, 4)) as temporary_headcount,
    try_cast(maximum_hires as decimal(18, 4)) as maximum_hires,
    try_cast(maximum_layoffs as decimal(18, 4)) as maximum_layoffs,
    try_cast(minimum_headcount as decimal(18, 4)) as minimum_headcount,
    try_cast(maximum_headcount as decimal(18, 4)) as maximum_headcount,
    source_file,
    cast(source_line as bigint) as source_line
from received
