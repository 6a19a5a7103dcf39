-- One row per product family.
with
families as (select * from core.families)
select
    family_id::varchar as family_id,
    family_name::varchar as family_name,
    product_group::varchar as product_group,
    planning_unit::varchar as planning_unit,
    production_strategy::varchar as production_strategy,
    site_id::varchar as site_id,
    planner::varchar as planner,
    is_uncapacitated::boolean as is_uncapacitated
from families
