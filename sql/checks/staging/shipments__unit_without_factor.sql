-- One row per delivered line in a unit that cannot be converted to the item's.
-- severity: error
-- owner: team:sales
-- column: unit_of_measure
-- hint: Send the factor from this unit to the item's with unit_conversions, or correct the unit.
with shipments as (
    select * from staging.shipments
),

items as (
    select
        item_id,
        unit_of_measure as item_unit
    from staging.items
),

conversions as (
    select item_id, from_unit, to_unit from staging.unit_conversions
    union
    select item_id, to_unit as from_unit, from_unit as to_unit from staging.unit_conversions
)

select
    cast(shipments.source_file as varchar) as source_file,
    cast(shipments.source_line as bigint) as source_line,
    cast(shipments.unit_of_measure || ' to ' || items.item_unit as varchar) as value
from shipments
inner join items using (item_id)
where
    shipments.unit_of_measure <> items.item_unit
    and not exists (
        select 1
        from conversions
        where
            conversions.from_unit = shipments.unit_of_measure
            and conversions.to_unit = items.item_unit
            and coalesce(conversions.item_id, shipments.item_id) = shipments.item_id
    )
