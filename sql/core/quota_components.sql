-- One row per bought component of planned families all of whose suppliers have stated what they can deliver in the horizon.
with periods as (
    select period_start from core.periods where period_kind in ('current', 'horizon')
),

items as (
    select * from core.items
),

item_requirements as (
    select distinct component_item_id from core.item_requirements where component_item_id <> item_id
),

item_suppliers as (
    select * from core.item_suppliers where share_ratio > 0
),

supplier_capacity as (
    select distinct
        supplier_id,
        nullif(item_id, '*') as item_id
    from staging.supplier_capacity
    semi join periods on supplier_capacity.period_start = periods.period_start
),

-- one supplier without a limit is enough for the component to have none
limited as (
    select item_suppliers.item_id
    from item_suppliers
    left join supplier_capacity
        on
            item_suppliers.supplier_id = supplier_capacity.supplier_id
            and coalesce(supplier_capacity.item_id, item_suppliers.item_id) = item_suppliers.item_id
    group by item_suppliers.item_id
    having count(distinct item_suppliers.supplier_id) = count(distinct supplier_capacity.supplier_id)
)

select
    cast(items.item_id as varchar) as item_id,
    cast(concat('quota:', items.item_id) as varchar) as resource_id,
    cast(concat('Supplier quota of component ', items.item_id, ' (', items.item_name, ')') as varchar) as resource_name,
    cast(items.unit_of_measure as varchar) as unit_of_measure
from items
semi join item_requirements on items.item_id = item_requirements.component_item_id
semi join limited on items.item_id = limited.item_id
-- what is planned as a family has the limits of its suppliers in the family's purchases
where items.sourcing = 'buy' and items.family_id is null
order by items.item_id
