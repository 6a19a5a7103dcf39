-- One row per day of the published periods.
with
dim_period as (select * from sop.dim_period),
days as (
    select
        period_start,
        unnest(generate_series(period_start::timestamp, period_end::timestamp, interval 1 day))::date as calendar_date
    from dim_period
)
select
    calendar_date::date as calendar_date,
    period_start::date as period_start,
    (isodow(calendar_date) <= 5)::boolean as is_weekday,
    strftime(calendar_date, '%G-W%V')::varchar as iso_week
from days
