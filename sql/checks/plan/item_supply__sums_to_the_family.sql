-- Lots of a family's items to date, and what they leave for later, are what each of its sources was planned to supply.
-- severity: stop
-- owner: team:planning
-- hint: The items make another plan than their family: look at the sources shown; rerun from plan, and report it if it stays.
with
item_supply as (select * from plan.item_supply),
family_supply as (select * from plan.family_supply where strategy = 'planned'),
items as (select * from core.items),
of_items as (
    select
        item_supply.scenario_id,
        item_supply.family_id,
        item_supply.source_kind,
        item_supply.source_id,
        item_supply.period_start,
        sum((item_supply.lot_rounded_quantity * items.planning_units_per_unit)::decimal(38, 9)) as lot_quantity,
        sum((item_supply.residual_quantity * items.planning_units_per_unit)::decimal(38, 9)) as residual_quantity
    from item_supply
    inner join items on item_supply.item_id = items.item_id
    group by item_supply.scenario_id, item_supply.family_id, item_supply.source_kind, item_supply.source_id, item_supply.period_start
),
to_date as (
    select
        family_supply.scenario_id,
        family_supply.family_id,
        family_supply.source_kind,
        family_supply.source_id,
        family_supply.period_start,
        (sum(family_supply.quantity::decimal(38, 9)) over running)::double as planned_quantity,
        (sum(coalesce(of_items.lot_quantity, 0)) over running + coalesce(of_items.residual_quantity, 0))::double as items_quantity
    from family_supply
    left join of_items
        on
            family_supply.scenario_id = of_items.scenario_id
            and family_supply.family_id = of_items.family_id
            and family_supply.source_kind = of_items.source_kind
            and family_supply.source_id = of_items.source_id
            and family_supply.period_start = of_items.period_start
    window running as (
        partition by family_supply.scenario_id, family_supply.family_id, family_supply.source_kind, family_supply.source_id
        order by family_supply.period_start
    )
)
select
    scenario_id,
    family_id,
    source_kind,
    source_id,
    period_start,
    planned_quantity,
    items_quantity,
    items_quantity - planned_quantity as difference_quantity
from to_date
where
    -- a family without items has nobody to share its plan with; scenarios are not handed off
    family_id in (select family_id from items where family_id is not null)
    and scenario_id in (select scenario_id from item_supply)
    -- an item may be counted in coarser units than its family is planned in
    and not abs(items_quantity - planned_quantity) <= 1e-6 * greatest(1, planned_quantity) * greatest(
        1, (select max(planning_units_per_unit) from items)
    )
order by scenario_id, family_id, source_kind, source_id, period_start
