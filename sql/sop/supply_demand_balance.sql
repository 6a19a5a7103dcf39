-- One row per cycle, scenario, plan version, family and period: history as it was, the current period, the horizon as planned.
with
periods as (select * from core.periods),
families as (select * from core.families),
site_working_days as (select * from core.site_working_days),
family_history as (select * from core.family_history),
published_plans as (select * from core.published_plans),
approved_plans as (select * from core.approved_plans),
business_plan as (select * from core.business_plan),
orders_due as (select * from core.orders_due),
scheduled_quantity as (select * from core.scheduled_quantity),
family_demand as (select * from plan.family_demand),
family_forecast as (select * from forecast.family_forecast),
family_money as (select * from plan.family_money),
family_balance as (select * from plan.family_balance where strategy = 'planned'),
cycle as (
    select
        period_label as cycle_id,
        season_length_periods
    from periods
    where periods_from_now = 0
),
demand_of_period as (
    select
        family_history.family_id,
        family_history.periods_from_now,
        family_history.demand_quantity
    from family_history
    where family_history.periods_from_now < 0
),
consensus as (
    select
        scenario_id,
        family_id,
        period_start,
        quantity as consensus_quantity
    from family_demand
    where step = 'demand_review'
),
executive as (
    select
        scenario_id,
        family_id,
        period_start,
        'the executive step differs from consensus' as executive_note
    from family_demand
    where step = 'executive' and change_quantity <> 0
),
history as (
    select
        'base' as scenario_id,
        'history' as period_kind,
        families.family_id,
        families.site_id,
        families.production_strategy,
        families.planning_unit,
        families.customer_lead_time_days as target_customer_lead_time_days,
        periods.period_start,
        periods.periods_from_now,
        family_history.is_reconstructed,
        family_history.demand_quantity,
        published_plans.statistical_quantity,
        published_plans.statistical_lower_quantity,
        published_plans.statistical_upper_quantity,
        published_plans.consensus_quantity,
        family_history.booked_quantity,
        null::double as orders_due_quantity,
        family_history.shipped_quantity,
        family_history.production_quantity,
        family_history.subcontract_quantity,
        family_history.purchase_quantity,
        family_history.issued_quantity,
        family_history.other_movement_quantity,
        null::double as scheduled_quantity,
        family_history.opening_inventory_quantity,
        family_history.closing_inventory_quantity,
        family_history.unexplained_quantity,
        published_plans.target_inventory_quantity,
        published_plans.minimum_inventory_quantity,
        published_plans.maximum_inventory_quantity,
        null::double as days_of_supply,
        family_history.opening_backlog_quantity,
        family_history.closing_backlog_quantity,
        published_plans.target_backlog_quantity,
        null::double as past_due_quantity,
        null::double as opening_shortage_quantity,
        null::double as closing_shortage_quantity,
        null::double as lost_sales_quantity,
        null::double as customer_lead_time_days,
        family_history.on_time_quantity / nullif(family_history.due_quantity, 0) as on_time_in_full_ratio,
        null::double as load_ratio,
        null::varchar as binding_resource_id,
        null::double as required_heads,
        family_history.revenue_amount,
        family_history.cost_of_sales_amount,
        family_history.inventory_value_amount,
        family_history.revenue_budget_rate_amount,
        null::varchar as balance_status,
        null::double as demand_to_date_quantity,
        null::double as booked_to_date_quantity,
        null::double as shipped_to_date_quantity,
        null::double as production_to_date_quantity,
        null::double as subcontract_to_date_quantity,
        null::double as purchase_to_date_quantity,
        null::double as issued_to_date_quantity,
        null::double as other_movement_to_date_quantity,
        null::varchar as note
    from family_history
    inner join families using (family_id)
    inner join periods using (period_start)
    left join published_plans using (family_id, period_start)
    where periods.period_kind = 'history' and periods.periods_from_now >= -$history_periods
),
to_date as (select * from family_history where periods_from_now = 0),
-- what is shipped at no known price is of unknown value; nothing is worth nothing at any price
still_to_ship as (
    select
        family_balance.scenario_id,
        family_balance.family_id,
        family_balance.period_start,
        round(family_balance.shipped_quantity - coalesce(to_date.shipped_quantity, 0), 6) as quantity,
        case when quantity = 0 then 0 else quantity * family_money.net_price_amount end as revenue_amount,
        case when quantity = 0 then 0 else quantity * family_money.net_price_budget_rate_amount end as revenue_budget_rate_amount,
        case when quantity = 0 then 0 else quantity * family_money.unit_cost_amount end as cost_of_sales_amount,
        case
            when family_balance.closing_inventory_quantity = 0 then 0
            else family_balance.closing_inventory_quantity * family_money.unit_cost_amount
        end as inventory_value_amount
    from family_balance
    left join to_date using (family_id, period_start)
    left join family_money using (scenario_id, family_id, period_start)
),
planned as (
    select
        family_balance.scenario_id,
        periods.period_kind,
        families.family_id,
        families.site_id,
        families.production_strategy,
        families.planning_unit,
        families.customer_lead_time_days as target_customer_lead_time_days,
        periods.period_start,
        periods.periods_from_now,
        false as is_reconstructed,
        family_balance.demand_quantity,
        family_forecast.statistical_quantity,
        family_forecast.statistical_lower_quantity,
        family_forecast.statistical_upper_quantity,
        consensus.consensus_quantity,
        family_balance.booked_quantity,
        coalesce(orders_due.orders_due_quantity, 0) as orders_due_quantity,
        family_balance.shipped_quantity,
        family_balance.production_quantity,
        family_balance.subcontract_quantity,
        family_balance.purchase_quantity,
        family_balance.issued_quantity,
        family_balance.other_movement_quantity,
        case
            when (select status from staging.extract_status where extract = 'open_work_orders') <> 'not_supplied'
                then coalesce(scheduled_quantity.scheduled_quantity, 0)
        end as scheduled_quantity,
        family_balance.opening_inventory_quantity,
        family_balance.closing_inventory_quantity,
        family_balance.unexplained_quantity,
        family_balance.target_inventory_quantity,
        family_balance.minimum_inventory_quantity,
        family_balance.maximum_inventory_quantity,
        family_balance.days_of_supply,
        family_balance.opening_backlog_quantity,
        family_balance.closing_backlog_quantity,
        family_balance.target_backlog_quantity,
        family_balance.past_due_quantity,
        family_balance.opening_shortage_quantity,
        family_balance.closing_shortage_quantity,
        family_balance.lost_sales_quantity,
        family_balance.backlog_days as customer_lead_time_days,
        null::double as on_time_in_full_ratio,
        family_balance.load_ratio,
        family_balance.binding_resource_id,
        family_balance.required_heads,
        still_to_ship.revenue_amount + case when periods.periods_from_now = 0 then to_date.revenue_amount else 0 end as revenue_amount,
        still_to_ship.cost_of_sales_amount + case when periods.periods_from_now = 0 then to_date.cost_of_sales_amount else 0 end
            as cost_of_sales_amount,
        still_to_ship.inventory_value_amount,
        still_to_ship.revenue_budget_rate_amount
        + case when periods.periods_from_now = 0 then to_date.revenue_budget_rate_amount else 0 end as revenue_budget_rate_amount,
        family_balance.balance_status,
        case when periods.periods_from_now = 0 then coalesce(to_date.demand_quantity, 0) end as demand_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.booked_quantity, 0) end as booked_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.shipped_quantity, 0) end as shipped_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.production_quantity, 0) end as production_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.subcontract_quantity, 0) end as subcontract_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.purchase_quantity, 0) end as purchase_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.issued_quantity, 0) end as issued_to_date_quantity,
        case when periods.periods_from_now = 0 then coalesce(to_date.other_movement_quantity, 0) end as other_movement_to_date_quantity,
        nullif(concat_ws('; ', family_balance.note, executive.executive_note), '') as note
    from family_balance
    inner join families using (family_id)
    inner join periods using (period_start)
    left join consensus using (scenario_id, family_id, period_start)
    left join executive using (scenario_id, family_id, period_start)
    left join still_to_ship using (scenario_id, family_id, period_start)
    left join to_date on family_balance.family_id = to_date.family_id and periods.periods_from_now = 0
    left join family_forecast
        on family_balance.family_id = family_forecast.family_id and family_balance.period_start = family_forecast.period_start
    left join orders_due on family_balance.family_id = orders_due.family_id and family_balance.period_start = orders_due.period_start
    left join scheduled_quantity
        on family_balance.family_id = scheduled_quantity.family_id and family_balance.period_start = scheduled_quantity.period_start
),
together as (
    select * from history
    union all
    select * from planned
)
select
    cycle.cycle_id::varchar as cycle_id,
    together.scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    together.family_id::varchar as family_id,
    together.period_start::date as period_start,
    together.period_kind::varchar as period_kind,
    together.production_strategy::varchar as production_strategy,
    together.planning_unit::varchar as planning_unit,
    $reporting_currency::varchar as currency,
    site_working_days.working_days::double as working_days,
    together.is_reconstructed::boolean as is_reconstructed,
    together.demand_quantity::double as demand_quantity,
    together.statistical_quantity::double as statistical_quantity,
    together.statistical_lower_quantity::double as statistical_lower_quantity,
    together.statistical_upper_quantity::double as statistical_upper_quantity,
    together.consensus_quantity::double as consensus_quantity,
    approved_plans.approved_demand_quantity::double as approved_demand_quantity,
    business_plan.business_plan_quantity::double as business_plan_quantity,
    demand_of_period.demand_quantity::double as previous_year_demand_quantity,
    together.booked_quantity::double as booked_quantity,
    together.orders_due_quantity::double as orders_due_quantity,
    together.shipped_quantity::double as shipped_quantity,
    together.production_quantity::double as production_quantity,
    together.subcontract_quantity::double as subcontract_quantity,
    together.purchase_quantity::double as purchase_quantity,
    together.issued_quantity::double as issued_quantity,
    together.other_movement_quantity::double as other_movement_quantity,
    together.scheduled_quantity::double as scheduled_quantity,
    approved_plans.approved_production_quantity::double as approved_production_quantity,
    together.opening_inventory_quantity::double as opening_inventory_quantity,
    together.closing_inventory_quantity::double as closing_inventory_quantity,
    together.unexplained_quantity::double as unexplained_quantity,
    together.target_inventory_quantity::double as target_inventory_quantity,
    together.minimum_inventory_quantity::double as minimum_inventory_quantity,
    together.maximum_inventory_quantity::double as maximum_inventory_quantity,
    together.days_of_supply::double as days_of_supply,
    together.opening_backlog_quantity::double as opening_backlog_quantity,
    together.closing_backlog_quantity::double as closing_backlog_quantity,
    together.target_backlog_quantity::double as target_backlog_quantity,
    together.past_due_quantity::double as past_due_quantity,
    together.opening_shortage_quantity::double as opening_shortage_quantity,
    together.closing_shortage_quantity::double as closing_shortage_quantity,
    together.lost_sales_quantity::double as lost_sales_quantity,
    together.customer_lead_time_days::double as customer_lead_time_days,
    together.target_customer_lead_time_days::double as target_customer_lead_time_days,
    together.on_time_in_full_ratio::double as on_time_in_full_ratio,
    together.load_ratio::double as load_ratio,
    together.binding_resource_id::varchar as binding_resource_id,
    together.required_heads::double as required_heads,
    together.revenue_amount::decimal(18, 2) as revenue_amount,
    together.cost_of_sales_amount::decimal(18, 2) as cost_of_sales_amount,
    (together.revenue_amount::decimal(18, 2) - together.cost_of_sales_amount::decimal(18, 2))::decimal(18, 2) as margin_amount,
    together.inventory_value_amount::decimal(18, 2) as inventory_value_amount,
    together.revenue_budget_rate_amount::decimal(18, 2) as revenue_budget_rate_amount,
    business_plan.business_plan_revenue_amount::decimal(18, 2) as business_plan_revenue_amount,
    (together.revenue_amount::decimal(18, 2) - business_plan.business_plan_revenue_amount::decimal(18, 2))::decimal(18, 2)
        as business_plan_gap_amount,
    together.balance_status::varchar as balance_status,
    together.demand_to_date_quantity::double as demand_to_date_quantity,
    together.booked_to_date_quantity::double as booked_to_date_quantity,
    together.shipped_to_date_quantity::double as shipped_to_date_quantity,
    together.production_to_date_quantity::double as production_to_date_quantity,
    together.subcontract_to_date_quantity::double as subcontract_to_date_quantity,
    together.purchase_to_date_quantity::double as purchase_to_date_quantity,
    together.issued_to_date_quantity::double as issued_to_date_quantity,
    together.other_movement_to_date_quantity::double as other_movement_to_date_quantity,
    together.note::varchar as note
from together
cross join cycle
left join site_working_days on together.site_id = site_working_days.site_id and together.period_start = site_working_days.period_start
left join approved_plans on together.family_id = approved_plans.family_id and together.period_start = approved_plans.period_start
left join business_plan on together.family_id = business_plan.family_id and together.period_start = business_plan.period_start
left join demand_of_period
    on
        together.family_id = demand_of_period.family_id
        and together.periods_from_now - cycle.season_length_periods = demand_of_period.periods_from_now
