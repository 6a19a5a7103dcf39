-- One row per snapshot that lacks a site which the snapshots before and after it have, or the latest of which lacks one of before.
-- severity: warning
-- owner: team:supply_chain
-- column: site_id
-- hint: Send the snapshot with all its sites; a site that is absent has no stock then.
with inventory as (
    select * from staging.inventory
),

snapshots as (
    select
        snapshot_date,
        min_by(source_file, source_line) as source_file,
        min(source_line) as source_line
    from inventory
    group by snapshot_date
),

site_snapshots as (
    select distinct
        snapshot_date,
        coalesce(site_id, '*') as site_id
    from inventory
),

numbered as (
    select
        snapshot_date,
        row_number() over (order by snapshot_date) as place
    from snapshots
),

-- a site is missed where it stood in the snapshot just before
expected as (
    select
        later.snapshot_date,
        site_snapshots.site_id
    from numbered as earlier
    inner join numbered as later on earlier.place + 1 = later.place
    inner join site_snapshots on earlier.snapshot_date = site_snapshots.snapshot_date
)

select
    cast(snapshots.source_file as varchar) as source_file,
    cast(snapshots.source_line as bigint) as source_line,
    cast(expected.snapshot_date || ' without ' || expected.site_id as varchar) as value
from expected
inner join snapshots using (snapshot_date)
left join site_snapshots
    on expected.snapshot_date = site_snapshots.snapshot_date and expected.site_id = site_snapshots.site_id
where site_snapshots.site_id is null
