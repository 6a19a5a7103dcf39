-- One row per store, or limit of working capital, whose hours_per_day are hours: up to 24, which no room of it would be.
-- severity: warning
-- owner: team:production
-- column: hours_per_day
-- hint: Left out, for room has no hours: give number_of_units its places, m3 or money, or the room of one unit in hours_per_day.
with resources as (
    select * from staging.resources
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(hours_per_day as varchar) as value
from resources
where
    hours_per_day <= 24
    and (
        (resource_type = 'facility' and capacity_unit in ('m3', 'pallets', 'units'))
        or (resource_type in ('facility', 'material') and regexp_full_match(capacity_unit, '[A-Z]{3}'))
    )
