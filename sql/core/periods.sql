-- One row per period, from the first fact to the end of the look-ahead.
with facts as (
    select min(least(order_date, coalesce(requested_date, order_date))) as fact_date from staging.sales_orders where order_date < $as_of_date
    union all
    select min(ship_date) from staging.shipments where ship_date < $as_of_date
    union all
    select min(completion_date) from staging.production_history where completion_date < $as_of_date
    union all
    select min(received_date) from staging.purchase_receipts where received_date < $as_of_date
    union all
    select min(movement_date) from staging.inventory_movements where movement_date < $as_of_date
    union all
    select min(snapshot_date) from staging.inventory where snapshot_date < $as_of_date
),

first_fact as (
    select coalesce(min(fact_date), cast($as_of_date as date)) as first_fact_date from facts
),

fiscal_calendar as (
    select * from staging.fiscal_calendar where $calendar = 'fiscal'
),

fiscal_years as (
    select
        fiscal_year,
        count(*) as periods_of_year,
        fiscal_year = min(fiscal_year) over () as is_first_year
    from fiscal_calendar
    group by fiscal_year
),

fiscal_season as (
    select case when max(periods_of_year) > 12 then 13 else 12 end as season_length_periods from fiscal_years
),

fiscal_periods as (
    select
        period_start,
        period_end,
        period_label,
        fiscal_year,
        fiscal_quarter,
        -- a calendar may begin within a year: its first year is counted from the end
        row_number() over (partition by fiscal_year order by period_start)
        + case when is_first_year then greatest(season_length_periods - periods_of_year, 0) else 0 end as period_of_year,
        season_length_periods
    from fiscal_calendar
    inner join fiscal_years using (fiscal_year)
    cross join fiscal_season
),

month_starts as (
    select cast(unnest(generate_series(
        least(date_trunc('month', first_fact_date), date_trunc('month', $as_of_date) - to_months($history_periods)),
        date_trunc('month', $as_of_date) + to_months($horizon_periods + $look_ahead_periods - 1),
        interval 1 month
    )) as date) as period_start
    from first_fact
    where $calendar = 'months'
),

month_periods as (
    select
        period_start,
        last_day(period_start) as period_end,
        strftime(period_start, '%Y-%m') as period_label,
        year(period_start) as fiscal_year,
        quarter(period_start) as fiscal_quarter,
        month(period_start) as period_of_year,
        12 as season_length_periods
    from month_starts
),

every_period as (
    select * from month_periods
    union all
    select * from fiscal_periods
),

numbered as (
    select
        *,
        row_number() over (order by period_start) as period_number
    from every_period
),

current_period as (
    select period_number as current_number from numbered where $as_of_date between period_start and period_end
),

counted as (
    select
        *,
        period_number - current_number as periods_from_now
    from numbered
    cross join current_period
),

weekdays as (
    select
        period_start,
        count(*) as weekdays,
        count(*) filter (where weekday >= $as_of_date) as weekdays_left
    from (
        select
            period_start,
            unnest(generate_series(cast(period_start as timestamp), cast(period_end as timestamp), interval 1 day)) as weekday
        from counted
        where periods_from_now = 0
    ) as days
    where isodow(weekday) <= 5
    group by period_start
)

select
    cast(period_start as date) as period_start,
    cast(period_end as date) as period_end,
    cast(period_label as varchar) as period_label,
    cast(strftime(period_start, '%Y%m%d') as bigint) as period_key,
    cast(fiscal_year as bigint) as fiscal_year,
    cast(fiscal_quarter as bigint) as fiscal_quarter,
    cast(period_of_year as bigint) as period_of_year,
    cast(periods_from_now as bigint) as periods_from_now,
    cast(case
        when periods_from_now < 0 then 'history'
        when periods_from_now = 0 then 'current'
        when periods_from_now < $horizon_periods then 'horizon'
        else 'look_ahead'
    end as varchar) as period_kind,
    cast(case
        when periods_from_now < 0 then 0
        when periods_from_now > 0 then 1
        else weekdays_left / nullif(weekdays, 0)
    end as double) as remaining_ratio,
    cast(season_length_periods as bigint) as season_length_periods
from counted
left join weekdays using (period_start)
cross join first_fact
where
    periods_from_now < $horizon_periods + $look_ahead_periods
    and (periods_from_now >= -$history_periods or period_end >= first_fact_date)
order by period_start
