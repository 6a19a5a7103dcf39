-- One row per family that takes, over other families, from itself.
-- severity: warning
-- owner: team:engineering
-- hint: Put the component and what is made of it in one family, or let no item go both ways between two families.
with recursive family_usage as (
    select distinct
        family_id,
        component_family_id
    from core.family_usage
),

taken as (
    select
        family_id,
        component_family_id
    from family_usage
    union
    select
        taken.family_id,
        family_usage.component_family_id
    from taken
    inner join family_usage on taken.component_family_id = family_usage.family_id
)

select cast(family_id as varchar) as family_id
from taken
where family_id = component_family_id
order by family_id
