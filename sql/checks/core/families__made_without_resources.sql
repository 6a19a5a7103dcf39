-- One row per family that is made and has neither routings nor a bill of resources: it is planned without limits.
-- severity: warning
-- owner: team:engineering
-- hint: Send routings of its items, or a bill of resources of the family.
with families as (
    select * from core.families where is_uncapacitated
),

made as (
    select
        family_id,
        count(*) as made_items
    from core.items
    where sourcing = 'make'
    group by family_id
)

select
    cast(families.family_id as varchar) as family_id,
    cast(made.made_items as bigint) as made_items
from families
inner join made using (family_id)
order by families.family_id
