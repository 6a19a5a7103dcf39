-- One row per item and unit its rows are written in: how many of the item's own unit one of them is.
with items as (
    select
        item_id,
        unit_of_measure
    from core.items
),

row_units as (
    select item_id, unit_of_measure from staging.sales_orders
    union
    select item_id, unit_of_measure from staging.shipments
    union
    select item_id, unit_of_measure from staging.inventory
    union
    select item_id, unit_of_measure from staging.open_purchase_orders
),

conversions as (
    select
        coalesce(nullif(item_id, '*'), '') as item_id,
        from_unit,
        to_unit,
        factor,
        false as is_inverse
    from staging.unit_conversions
    union all
    select
        coalesce(nullif(item_id, '*'), '') as item_id,
        to_unit as from_unit,
        from_unit as to_unit,
        1 / factor as factor,
        true as is_inverse
    from staging.unit_conversions
),

wanted as (
    select
        items.item_id,
        items.unit_of_measure as item_unit,
        row_units.unit_of_measure as row_unit
    from items
    inner join row_units using (item_id)
    where row_units.unit_of_measure <> items.unit_of_measure
),

found as (
    select
        wanted.item_id,
        wanted.row_unit,
        conversions.factor
    from wanted
    inner join conversions
        on
            wanted.row_unit = conversions.from_unit
            and wanted.item_unit = conversions.to_unit
            and conversions.item_id in (wanted.item_id, '')
    -- the item's own conversion beats the general one, a stated factor the inverse of its opposite
    qualify row_number() over (
        partition by wanted.item_id, wanted.row_unit
        order by conversions.item_id = '', conversions.is_inverse
    ) = 1
),

factors as (
    select
        item_id,
        unit_of_measure,
        1 as factor
    from items
    union all
    select * from found
)

select
    cast(item_id as varchar) as item_id,
    cast(unit_of_measure as varchar) as unit_of_measure,
    cast(factor as double) as factor
from factors
order by item_id, unit_of_measure
