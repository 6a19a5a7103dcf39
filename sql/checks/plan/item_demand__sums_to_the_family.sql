-- Items of a family, in planning units, sum to the family after every step of the demand plan.
-- severity: stop
-- owner: team:planning
-- hint: Items and family tell two plans: look at the items of the cells shown; rerun from plan, and report it if it stays.
with
item_demand as (select * from plan.item_demand),
family_demand as (select * from plan.family_demand),
items as (select * from core.items),
of_items as (
    select
        item_demand.scenario_id,
        item_demand.family_id,
        item_demand.period_start,
        item_demand.step,
        sum((item_demand.quantity * items.planning_units_per_unit)::decimal(38, 9))::double as items_quantity
    from item_demand
    inner join items on item_demand.item_id = items.item_id
    group by item_demand.scenario_id, item_demand.family_id, item_demand.period_start, item_demand.step
)
select
    family_demand.scenario_id,
    family_demand.family_id,
    family_demand.period_start,
    family_demand.step,
    family_demand.quantity as family_quantity,
    of_items.items_quantity,
    of_items.items_quantity - family_demand.quantity as difference_quantity
from family_demand
left join of_items
    on
        family_demand.scenario_id = of_items.scenario_id
        and family_demand.family_id = of_items.family_id
        and family_demand.period_start = of_items.period_start
        and family_demand.step = of_items.step
where
    -- a family without items has nobody to share its plan with
    family_demand.family_id in (select family_id from items where family_id is not null)
    and not abs(coalesce(of_items.items_quantity, 0) - coalesce(family_demand.quantity, 0)) <= 1e-6 * greatest(
        1, abs(coalesce(of_items.items_quantity, 0)), abs(coalesce(family_demand.quantity, 0))
    )
order by family_demand.scenario_id, family_demand.family_id, family_demand.period_start, family_demand.step
