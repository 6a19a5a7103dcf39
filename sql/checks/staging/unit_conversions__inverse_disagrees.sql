-- One row per conversion whose inverse, where both are stated, differs by more than 0.1 %.
-- severity: warning
-- owner: team:engineering
-- column: factor
-- hint: Correct one of the two factors; their product must be 1.
with unit_conversions as (
    select * from staging.unit_conversions
),

inverses as (
    select * from staging.unit_conversions
)

select
    cast(unit_conversions.source_file as varchar) as source_file,
    cast(unit_conversions.source_line as bigint) as source_line,
    cast(unit_conversions.factor || ' and back ' || inverses.factor as varchar) as value
from unit_conversions
inner join inverses
    on
        unit_conversions.from_unit = inverses.to_unit
        and unit_conversions.to_unit = inverses.from_unit
        and unit_conversions.item_id is not distinct from inverses.item_id
where abs(unit_conversions.factor * inverses.factor - 1) > 0.001
