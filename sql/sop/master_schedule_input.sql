-- One row per cycle, scenario, plan version, item, site and planned period: what the master schedule is to make of the family plan.
with
periods as (select * from core.periods),
items as (select * from core.items where family_id is not null and sourcing = 'make'),
item_supply as (select * from plan.item_supply where source_kind = 'production'),
scheduled_receipts as (select * from core.scheduled_receipts where work_order_quantity > 0),
horizon as (select period_start from periods where period_kind in ('current', 'horizon')),
scenarios as (select distinct scenario_id from item_supply),
-- an order that names no site is made where the item is
home as (
    select
        item_id,
        min(site_id) as site_id
    from item_supply
    group by item_id
),
planned as (
    select
        scenario_id,
        item_id,
        site_id,
        period_start,
        max(mix_ratio) as mix_ratio,
        sum(run_out_time_quantity::decimal(38, 6)) as run_out_time_quantity,
        sum(lot_rounded_quantity::decimal(38, 6)) as lot_rounded_quantity,
        sum(residual_quantity::decimal(38, 6)) as residual_quantity
    from item_supply
    group by scenario_id, item_id, site_id, period_start
),
scheduled as (
    select
        scenarios.scenario_id,
        scheduled_receipts.item_id,
        coalesce(nullif(scheduled_receipts.site_id, ''), home.site_id, '') as site_id,
        scheduled_receipts.period_start,
        sum(scheduled_receipts.work_order_quantity::decimal(38, 6)) as scheduled_quantity
    from scheduled_receipts
    cross join scenarios
    inner join items on scheduled_receipts.item_id = items.item_id
    semi join horizon on scheduled_receipts.period_start = horizon.period_start
    left join home on scheduled_receipts.item_id = home.item_id
    group by all
),
both_sides as (
    select
        coalesce(planned.scenario_id, scheduled.scenario_id) as scenario_id,
        coalesce(planned.item_id, scheduled.item_id) as item_id,
        coalesce(planned.site_id, scheduled.site_id) as site_id,
        coalesce(planned.period_start, scheduled.period_start) as period_start,
        planned.mix_ratio,
        coalesce(planned.run_out_time_quantity, 0) as run_out_time_quantity,
        coalesce(planned.lot_rounded_quantity, 0) as lot_rounded_quantity,
        coalesce(planned.residual_quantity, 0) as residual_quantity,
        coalesce(scheduled.scheduled_quantity, 0) as scheduled_quantity
    from planned
    full join scheduled
        on
            planned.scenario_id = scheduled.scenario_id
            and planned.item_id = scheduled.item_id
            and planned.site_id = scheduled.site_id
            and planned.period_start = scheduled.period_start
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    both_sides.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    items.family_id::varchar as family_id,
    both_sides.item_id::varchar as item_id,
    both_sides.site_id::varchar as site_id,
    both_sides.period_start::date as period_start,
    items.unit_of_measure::varchar as unit_of_measure,
    both_sides.mix_ratio::double as mix_ratio,
    both_sides.run_out_time_quantity::double as run_out_time_quantity,
    both_sides.lot_rounded_quantity::double as lot_rounded_quantity,
    both_sides.residual_quantity::double as residual_quantity,
    both_sides.scheduled_quantity::double as scheduled_quantity
from both_sides
inner join items on both_sides.item_id = items.item_id
