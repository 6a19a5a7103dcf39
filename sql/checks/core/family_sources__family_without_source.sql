-- One row per family that nothing supplies: it has no item that is made or bought.
-- severity: warning
-- owner: team:engineering
-- hint: Give the family its items in items.family_id.
with families as (
    select family_id from core.families
),

family_sources as (
    select distinct family_id from core.family_sources
)

select cast(families.family_id as varchar) as family_id
from families
anti join family_sources using (family_id)
order by families.family_id
