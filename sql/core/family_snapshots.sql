-- One row per family and day for which every site that reports stock has a snapshot, in planning units.
with snapshot_sites as (
    select * from core.snapshot_sites
),

inventory as (
    select
        snapshot_date,
        coalesce(nullif(site_id, '*'), '') as site_id,
        item_id,
        quantity,
        unit_of_measure
    from staging.inventory
    where list_contains($inventory_statuses, stock_status) and snapshot_date < $as_of_date
),

items as (
    select * from core.items where family_id is not null
),

unit_factors as (
    select * from core.unit_factors
),

families as (
    select family_id from core.families
),

standard_costs as (
    select * from staging.standard_costs
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

snapshot_days as (
    select distinct
        snapshot_date,
        period_start,
        is_closing,
        is_latest
    from snapshot_sites
),

counted as (
    select
        items.family_id,
        items.item_id,
        snapshot_sites.snapshot_date,
        inventory.quantity * unit_factors.factor as item_quantity,
        inventory.quantity * unit_factors.factor * items.planning_units_per_unit as stock_quantity
    from snapshot_sites
    inner join inventory
        on snapshot_sites.site_snapshot_date = inventory.snapshot_date and snapshot_sites.site_id = inventory.site_id
    inner join items using (item_id)
    inner join unit_factors
        on inventory.item_id = unit_factors.item_id and coalesce(inventory.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
),

costed as (
    select
        counted.*,
        standard_costs.currency,
        counted.item_quantity * standard_costs.total_cost / standard_costs.per_quantity as cost
    from counted
    asof left join standard_costs on counted.item_id = standard_costs.item_id and counted.snapshot_date >= standard_costs.valid_from
),

stock as (
    select
        costed.family_id,
        costed.snapshot_date,
        sum(cast(costed.stock_quantity as decimal(38, 6))) as stock_quantity,
        sum(cast(costed.cost * actual_rates.rate as decimal(38, 6))) as stock_amount,
        -- an item without a cost leaves the family's amount to the others; with none at all it is unknown
        coalesce(bool_and(costed.cost * actual_rates.rate is null) filter (where costed.item_quantity <> 0), false) as is_amount_missing
    from costed
    asof left join actual_rates on costed.currency = actual_rates.currency and costed.snapshot_date >= actual_rates.valid_from
    group by costed.family_id, costed.snapshot_date
)

select
    cast(families.family_id as varchar) as family_id,
    cast(snapshot_days.snapshot_date as date) as snapshot_date,
    cast(snapshot_days.period_start as date) as period_start,
    cast(coalesce(stock.stock_quantity, 0) as double) as stock_quantity,
    cast(case when stock.is_amount_missing then null else coalesce(stock.stock_amount, 0) end as double) as stock_amount,
    cast(snapshot_days.is_closing as boolean) as is_closing,
    cast(snapshot_days.is_latest as boolean) as is_latest
from families
-- a snapshot is complete for its site: a family it does not name has no stock
cross join snapshot_days
left join stock on families.family_id = stock.family_id and snapshot_days.snapshot_date = stock.snapshot_date
order by families.family_id, snapshot_days.snapshot_date
