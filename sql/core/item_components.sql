-- One row per parent and component item whose bill of material is valid at the as-of date.
with bill_of_materials as (
    select * from staging.bill_of_materials where coalesce(valid_from, date '1900-01-01') <= $as_of_date
),

-- validity is half-open: the latest row of a pair replaces the earlier ones, and counts unless it has ended
latest as (
    select *
    from bill_of_materials
    qualify row_number() over (partition by parent_item_id, component_item_id order by valid_from desc nulls last) = 1
),

items as (
    select item_id from core.items
)

select
    cast(latest.parent_item_id as varchar) as parent_item_id,
    cast(latest.component_item_id as varchar) as component_item_id,
    cast(latest.quantity_per / (1 - coalesce(latest.scrap_ratio, 0)) as double) as gross_quantity_per,
    cast(coalesce(latest.lead_time_offset_days, 0) as double) as lead_time_offset_days
from latest
inner join items as parents on latest.parent_item_id = parents.item_id
inner join items as components on latest.component_item_id = components.item_id
where
    (latest.valid_to is null or latest.valid_to > $as_of_date)
    and latest.parent_item_id <> latest.component_item_id
order by latest.parent_item_id, latest.component_item_id
