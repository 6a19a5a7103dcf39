-- One row per published period.
with
periods as (select * from core.periods)
select
    period_start::date as period_start,
    period_end::date as period_end,
    period_key::bigint as period_key,
    period_label::varchar as period_label,
    fiscal_year::bigint as fiscal_year,
    fiscal_quarter::bigint as fiscal_quarter,
    period_of_year::bigint as period_of_year,
    period_kind::varchar as period_kind,
    periods_from_now::bigint as periods_from_now
from periods
where period_kind <> 'look_ahead' and periods_from_now >= -$history_periods
