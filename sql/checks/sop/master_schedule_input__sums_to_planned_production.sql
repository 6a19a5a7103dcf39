-- Lots of a family's items to date, and what they leave for later, are the planned production of the published balance.
-- severity: stop
-- owner: team:planning
-- hint: The master schedule would make another plan than the one agreed: rerun from plan, and report it if it stays.
with
master_schedule_input as (select * from sop.master_schedule_input),
supply_demand_balance as (
    select * from sop.supply_demand_balance where plan_version = 'working' and period_kind in ('current', 'horizon')
),
items as (select * from core.items),
of_items as (
    select
        master_schedule_input.scenario_id,
        master_schedule_input.family_id,
        master_schedule_input.period_start,
        sum((master_schedule_input.lot_rounded_quantity * items.planning_units_per_unit)::decimal(38, 9)) as lot_quantity,
        sum((master_schedule_input.residual_quantity * items.planning_units_per_unit)::decimal(38, 9)) as residual_quantity
    from master_schedule_input
    inner join items on master_schedule_input.item_id = items.item_id
    group by master_schedule_input.scenario_id, master_schedule_input.family_id, master_schedule_input.period_start
),
to_date as (
    select
        of_items.scenario_id,
        of_items.family_id,
        of_items.period_start,
        (sum(
            (supply_demand_balance.production_quantity - coalesce(supply_demand_balance.production_to_date_quantity, 0))::decimal(38, 9)
        ) over running)::double as planned_quantity,
        (sum(of_items.lot_quantity) over running + of_items.residual_quantity)::double as items_quantity
    from of_items
    inner join supply_demand_balance
        on
            of_items.scenario_id = supply_demand_balance.scenario_id
            and of_items.family_id = supply_demand_balance.family_id
            and of_items.period_start = supply_demand_balance.period_start
    window running as (partition by of_items.scenario_id, of_items.family_id order by of_items.period_start)
)
select
    scenario_id,
    family_id,
    period_start,
    planned_quantity,
    items_quantity,
    items_quantity - planned_quantity as difference_quantity
from to_date
where
    not abs(items_quantity - planned_quantity) <= 1e-5 * greatest(1, planned_quantity) * greatest(
        1, (select max(planning_units_per_unit) from items)
    )
order by scenario_id, family_id, period_start
