-- One row per snapshot day that closes a period or is the latest, and item with stock on it, all sites, in the item's unit.
with snapshot_sites as (
    select * from core.snapshot_sites where is_closing or is_latest
),

inventory as (
    select
        snapshot_date,
        coalesce(nullif(site_id, '*'), '') as site_id,
        item_id,
        quantity,
        unit_of_measure
    from staging.inventory
    where list_contains($inventory_statuses, stock_status)
),

items as (
    select * from core.items
),

unit_factors as (
    select * from core.unit_factors
)

select
    cast(snapshot_sites.snapshot_date as date) as snapshot_date,
    cast(inventory.item_id as varchar) as item_id,
    cast(snapshot_sites.period_start as date) as period_start,
    cast(sum(cast(inventory.quantity * unit_factors.factor as decimal(38, 6))) as double) as stock_quantity,
    cast(any_value(snapshot_sites.is_closing) as boolean) as is_closing,
    cast(any_value(snapshot_sites.is_latest) as boolean) as is_latest
from snapshot_sites
inner join inventory
    on snapshot_sites.site_snapshot_date = inventory.snapshot_date and snapshot_sites.site_id = inventory.site_id
inner join items using (item_id)
inner join unit_factors
    on inventory.item_id = unit_factors.item_id and coalesce(inventory.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
group by snapshot_sites.snapshot_date, snapshot_sites.period_start, inventory.item_id
order by snapshot_sites.snapshot_date, inventory.item_id
