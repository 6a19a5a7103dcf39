-- One row per family and column of the review sheet: the working balance in whole planning units.
-- Planned flows are rounded by largest remainder over the planned periods, ties to the earlier; stock, backlog and shortage are rolled
-- forward from the rounded flows. History stays as recorded.
with
balance as (select * from sop.supply_demand_balance where plan_version = 'working'),
dim_period as (select * from sop.dim_period),
families as (select * from core.families),
site_working_days as (select * from core.site_working_days),
shown as (
    select
        balance.*,
        dim_period.periods_from_now,
        coalesce(site_working_days.remaining_working_days, balance.working_days) as remaining_working_days,
        balance.production_strategy = 'make_to_stock' as is_made_to_stock
    from balance
    inner join dim_period using (period_start)
    inner join families using (family_id)
    left join site_working_days on families.site_id = site_working_days.site_id and balance.period_start = site_working_days.period_start
    where dim_period.periods_from_now >= -12
),
planned_flows as (
    select
        shown.scenario_id,
        shown.family_id,
        shown.period_start,
        flow.measure,
        round(flow.to_date_quantity::decimal(38, 6))::bigint as to_date_quantity,
        flow.quantity::decimal(38, 6) - coalesce(flow.to_date_quantity, 0)::decimal(38, 6) as planned_quantity
    from shown
    cross join lateral (
        values
        ('approved_demand', shown.approved_demand_quantity, null::double),
        ('consensus', shown.consensus_quantity, null::double),
        ('business_plan', shown.business_plan_quantity, null::double),
        ('demand', shown.demand_quantity, shown.demand_to_date_quantity),
        ('booked', shown.booked_quantity, shown.booked_to_date_quantity),
        ('shipped', shown.shipped_quantity, shown.shipped_to_date_quantity),
        ('approved_production', shown.approved_production_quantity, null::double),
        ('production', shown.production_quantity, shown.production_to_date_quantity),
        ('subcontract', shown.subcontract_quantity, shown.subcontract_to_date_quantity),
        ('purchase', shown.purchase_quantity, shown.purchase_to_date_quantity),
        ('issued', shown.issued_quantity, shown.issued_to_date_quantity),
        ('other_movement', shown.other_movement_quantity, shown.other_movement_to_date_quantity),
        ('lost_sales', shown.lost_sales_quantity, null::double)
    ) as flow(measure, quantity, to_date_quantity)
    where shown.period_kind <> 'history'
),
rounded_flows as (
    select
        *,
        floor(planned_quantity)::bigint + case
            when
                row_number() over by_remainder
                <= round(sum(planned_quantity) over whole_plan) - sum(floor(planned_quantity)) over whole_plan
                then 1
            else 0
        end as rounded_quantity
    from planned_flows
    window
        whole_plan as (partition by scenario_id, family_id, measure),
        by_remainder as (
            partition by scenario_id, family_id, measure
            order by planned_quantity - floor(planned_quantity) desc nulls last, period_start
        )
),
planned as (
    select
        scenario_id,
        family_id,
        period_start,
        max(rounded_quantity) filter (where measure = 'approved_demand') as approved_demand,
        max(rounded_quantity) filter (where measure = 'consensus') as consensus,
        max(rounded_quantity) filter (where measure = 'business_plan') as business_plan,
        max(rounded_quantity) filter (where measure = 'demand') as demand,
        max(rounded_quantity) filter (where measure = 'booked') as booked,
        max(rounded_quantity) filter (where measure = 'shipped') as shipped,
        max(rounded_quantity) filter (where measure = 'approved_production') as approved_production,
        max(rounded_quantity) filter (where measure = 'production') as production,
        max(rounded_quantity) filter (where measure = 'subcontract') as subcontract,
        max(rounded_quantity) filter (where measure = 'purchase') as purchase,
        max(rounded_quantity) filter (where measure = 'issued') as issued,
        max(rounded_quantity) filter (where measure = 'other_movement') as other_movement,
        max(rounded_quantity) filter (where measure = 'lost_sales') as lost_sales,
        coalesce(max(to_date_quantity) filter (where measure = 'demand'), 0) as demand_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'booked'), 0) as booked_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'shipped'), 0) as shipped_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'production'), 0) as production_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'subcontract'), 0) as subcontract_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'purchase'), 0) as purchase_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'issued'), 0) as issued_to_date,
        coalesce(max(to_date_quantity) filter (where measure = 'other_movement'), 0) as other_movement_to_date,
        production + subcontract + purchase + other_movement - issued as supplied,
        production_to_date + subcontract_to_date + purchase_to_date + other_movement_to_date - issued_to_date as supplied_to_date
    from rounded_flows
    group by scenario_id, family_id, period_start
),
-- what is there at the as-of date
started as (
    select
        shown.scenario_id,
        shown.family_id,
        shown.is_made_to_stock,
        round(shown.opening_inventory_quantity::decimal(38, 6))::bigint as opening_stock,
        round(shown.unexplained_quantity::decimal(38, 6))::bigint as unexplained,
        opening_stock + planned.supplied_to_date - planned.shipped_to_date + coalesce(unexplained, 0) as stock_now,
        round(shown.opening_backlog_quantity::decimal(38, 6))::bigint as opening_backlog,
        case
            when shown.is_made_to_stock then round(coalesce(shown.opening_shortage_quantity, 0)::decimal(38, 6))::bigint
            else opening_backlog + planned.booked_to_date - planned.shipped_to_date
        end as due_now
    from shown
    inner join planned using (scenario_id, family_id, period_start)
    where shown.period_kind = 'current'
),
limits as (
    select
        planned.*,
        started.* exclude (scenario_id, family_id),
        sum(planned.shipped) over so_far as shipped_so_far,
        -- a plan never starts from less than nothing
        greatest(started.stock_now, 0) + sum(planned.supplied) over so_far as available_so_far,
        started.due_now + sum(
            case when started.is_made_to_stock then planned.demand - coalesce(planned.lost_sales, 0) else planned.booked end
        ) over so_far as asked_so_far
    from planned
    inner join started using (scenario_id, family_id)
    window so_far as (partition by planned.scenario_id, planned.family_id order by planned.period_start)
),
-- flows rounded apart must neither ship what is not there nor deliver more than is asked for
rolled as (
    select
        * exclude (shipped),
        least(shipped_so_far, available_so_far, asked_so_far) as delivered_so_far,
        delivered_so_far - coalesce(lag(delivered_so_far) over in_time, 0) as shipped,
        available_so_far - delivered_so_far as closing_stock,
        coalesce(lag(closing_stock) over in_time, greatest(stock_now, 0)) as planned_opening_stock,
        asked_so_far - delivered_so_far as closing_due,
        coalesce(lag(closing_due) over in_time, due_now) as planned_opening_due
    from limits
    window in_time as (partition by scenario_id, family_id order by period_start)
),
-- the current period stands three times: what has happened, what is planned, both together
columns_of_period(period_kind, column_kind, takes_to_date, takes_planned, is_whole, column_of_current) as (
    values
    ('current', 'to_date', 1, 0, false, 13),
    ('current', 'remainder', 0, 1, false, 14),
    ('current', 'current', 1, 1, true, 15),
    ('horizon', 'horizon', 0, 1, true, 15)
),
planned_columns as (
    select
        shown.scenario_id,
        shown.family_id,
        shown.is_made_to_stock,
        shown.period_start,
        shown.periods_from_now + columns_of_period.column_of_current as column_order,
        columns_of_period.column_kind,
        case columns_of_period.column_kind
            when 'to_date' then shown.working_days - shown.remaining_working_days
            when 'remainder' then shown.remaining_working_days
            else shown.working_days
        end as working_days,
        case when is_whole then rolled.approved_demand end as approved_demand_quantity,
        case when is_whole then rolled.consensus end as consensus_quantity,
        case when is_whole then rolled.business_plan end as business_plan_quantity,
        rolled.demand * takes_planned + rolled.demand_to_date * takes_to_date as demand_quantity,
        case when column_kind = 'to_date' then rolled.booked_to_date else rolled.booked + rolled.booked_to_date * takes_to_date end
            as booked_quantity,
        rolled.shipped * takes_planned + rolled.shipped_to_date * takes_to_date as shipped_quantity,
        case when is_whole then rolled.approved_production end as approved_production_quantity,
        rolled.production * takes_planned + rolled.production_to_date * takes_to_date as production_quantity,
        rolled.subcontract * takes_planned + rolled.subcontract_to_date * takes_to_date as subcontract_quantity,
        rolled.purchase * takes_planned + rolled.purchase_to_date * takes_to_date as purchase_quantity,
        rolled.issued * takes_planned + rolled.issued_to_date * takes_to_date as issued_quantity,
        rolled.other_movement * takes_planned + rolled.other_movement_to_date * takes_to_date as other_movement_quantity,
        case when takes_to_date = 1 then rolled.unexplained end as unexplained_quantity,
        case when takes_to_date = 1 then rolled.opening_stock else rolled.planned_opening_stock end as opening_inventory_quantity,
        case when takes_planned = 0 then rolled.stock_now else rolled.closing_stock end as closing_inventory_quantity,
        case when takes_to_date = 1 then rolled.opening_backlog else rolled.planned_opening_due end as opening_backlog_quantity,
        case when takes_planned = 0 then rolled.due_now else rolled.closing_due end as closing_backlog_quantity,
        case when takes_planned = 1 then rolled.planned_opening_due end as opening_shortage_quantity,
        case when takes_planned = 1 then rolled.closing_due end as closing_shortage_quantity,
        case when takes_planned = 1 then rolled.lost_sales end as lost_sales_quantity
    from shown
    inner join rolled using (scenario_id, family_id, period_start)
    inner join columns_of_period using (period_kind)
),
history_columns as (
    select
        *,
        periods_from_now + 13 as column_order,
        'history' as column_kind
    from shown
    where period_kind = 'history'
),
together as (
    select * from planned_columns
    union all by name
    select * from history_columns
)
select
    (select cycle_id from balance where period_kind = 'current' limit 1)::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    family_id::varchar as family_id,
    period_start::date as period_start,
    column_kind::varchar as column_kind,
    column_order::bigint as column_order,
    working_days::double as working_days,
    approved_demand_quantity::double as approved_demand_quantity,
    consensus_quantity::double as consensus_quantity,
    business_plan_quantity::double as business_plan_quantity,
    demand_quantity::double as demand_quantity,
    booked_quantity::double as booked_quantity,
    shipped_quantity::double as shipped_quantity,
    approved_production_quantity::double as approved_production_quantity,
    production_quantity::double as production_quantity,
    subcontract_quantity::double as subcontract_quantity,
    purchase_quantity::double as purchase_quantity,
    issued_quantity::double as issued_quantity,
    other_movement_quantity::double as other_movement_quantity,
    unexplained_quantity::double as unexplained_quantity,
    opening_inventory_quantity::double as opening_inventory_quantity,
    closing_inventory_quantity::double as closing_inventory_quantity,
    case when not is_made_to_stock then opening_backlog_quantity end::double as opening_backlog_quantity,
    case when not is_made_to_stock then closing_backlog_quantity end::double as closing_backlog_quantity,
    case when is_made_to_stock then opening_shortage_quantity end::double as opening_shortage_quantity,
    case when is_made_to_stock then closing_shortage_quantity end::double as closing_shortage_quantity,
    lost_sales_quantity::double as lost_sales_quantity
from together
