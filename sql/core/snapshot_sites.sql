-- One row per snapshot day, and site whose snapshot stands for it; only days for which every site that reports stock has one.
with snapshots as (
    select distinct
        snapshot_date,
        coalesce(nullif(site_id, '*'), '') as site_id
    from staging.inventory
    where snapshot_date < $as_of_date
),

periods as (
    select * from core.periods where periods_from_now <= 0
),

-- a site reports from the days of its first snapshot on; one that has been silent for a quarter of a year has closed
reporting_sites as (
    select
        site_id,
        min(snapshot_date) - 4 as first_date,
        max(snapshot_date) + 92 as last_date
    from snapshots
    group by site_id
),

days as (
    select distinct snapshot_date from snapshots
),

-- sites need not count on the same day: the last snapshot of a site within five days stands for it
standing as (
    select
        days.snapshot_date,
        reporting_sites.site_id,
        max(snapshots.snapshot_date) as site_snapshot_date
    from days
    inner join reporting_sites on days.snapshot_date between reporting_sites.first_date and reporting_sites.last_date
    left join snapshots
        on
            reporting_sites.site_id = snapshots.site_id
            and snapshots.snapshot_date between days.snapshot_date - 4 and days.snapshot_date
    group by days.snapshot_date, reporting_sites.site_id
),

complete as (
    select *
    from standing
    qualify count(*) over (partition by snapshot_date) = count(site_snapshot_date) over (partition by snapshot_date)
),

placed as (
    select
        complete.*,
        periods.period_start,
        periods.period_end,
        periods.periods_from_now,
        max(complete.snapshot_date) over (partition by periods.period_start) as last_of_period,
        max(complete.snapshot_date) over () as last_of_all
    from complete
    asof inner join periods on complete.snapshot_date >= periods.period_start
)

select
    cast(snapshot_date as date) as snapshot_date,
    cast(site_id as varchar) as site_id,
    cast(site_snapshot_date as date) as site_snapshot_date,
    cast(period_start as date) as period_start,
    cast(periods_from_now < 0 and snapshot_date = last_of_period and snapshot_date > period_end - 5 as boolean) as is_closing,
    cast(snapshot_date = last_of_all as boolean) as is_latest
from placed
order by snapshot_date, site_id
