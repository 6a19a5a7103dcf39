-- One row per conversion whose factor is the inverse of what other items have for the same units.
-- severity: warning
-- owner: team:engineering
-- column: factor
-- hint: Check the direction: one from_unit is factor to_units.
with unit_conversions as (
    select * from staging.unit_conversions
),

compared as (
    select
        conversions.source_file,
        conversions.source_line,
        conversions.factor,
        median(others.factor) as usual_factor
    from unit_conversions as conversions
    inner join unit_conversions as others
        on
            conversions.from_unit = others.from_unit
            and conversions.to_unit = others.to_unit
            and conversions.item_id is distinct from others.item_id
    group by conversions.source_file, conversions.source_line, conversions.factor
    having count(*) >= 2
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(factor || ', others have ' || usual_factor as varchar) as value
from compared
where
    abs(factor * usual_factor - 1) < 0.1
    and abs(factor / usual_factor - 1) > 0.5
