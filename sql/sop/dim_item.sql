-- One row per item.
with
items as (select * from core.items),
item_methods as (select * from forecast.item_methods),
item_classes as (select * from forecast.item_classes)
select
    items.item_id::varchar as item_id,
    items.item_name::varchar as item_name,
    items.item_type::varchar as item_type,
    items.family_id::varchar as family_id,
    items.unit_of_measure::varchar as unit_of_measure,
    items.planning_units_per_unit::double as planning_units_per_unit,
    items.sourcing::varchar as sourcing,
    items.lifecycle::varchar as lifecycle,
    items.introduction_date::date as introduction_date,
    items.phase_out_date::date as phase_out_date,
    item_classes.demand_class::varchar as demand_class,
    item_classes.average_interval_periods::double as average_interval_periods,
    item_classes.squared_variation::double as squared_variation,
    item_classes.abc_class::varchar as abc_class,
    item_classes.xyz_class::varchar as xyz_class,
    item_methods.method::varchar as forecast_method
from items
left join item_methods on items.item_id = item_methods.item_id
left join item_classes on items.item_id = item_classes.item_id
