-- One row per kind of exception, what it is about and period in which the working plan, or a closed period, shows it.
with
balance as (select * from sop.current_balance),
resource_exceptions as (select * from sop.resource_exceptions),
dim_period as (select * from sop.dim_period),
dim_family as (select * from sop.dim_family),
extract_status as (select * from sop.extract_status),
family_money as (select * from plan.family_money where scenario_id = 'base'),
family_demand as (select * from plan.family_demand where scenario_id = 'base' and step = 'demand_review'),
family_before as (select * from plan.family_demand where scenario_id = 'base' and step = 'marketing'),
item_before as (select * from plan.item_demand where scenario_id = 'base' and step = 'marketing'),
items as (select * from core.items),
sales_submissions as (select * from core.sales_submissions),
sales_plan_status as (select * from core.sales_plan_status),
supply_policies as (select * from core.supply_policies),
overrides as (
    select * from core.overrides
    where measure in ('closing_inventory', 'closing_backlog') and item_id = '' and is_superseded = 0 and quantity is not null
),
priced as (
    select
        balance.*,
        dim_family.family_name,
        dim_family.planner,
        dim_period.periods_from_now,
        coalesce(family_money.net_price_amount, balance.revenue_amount::double / nullif(balance.shipped_quantity, 0)) as price,
        coalesce(
            family_money.unit_cost_amount,
            balance.inventory_value_amount::double / nullif(balance.closing_inventory_quantity, 0)
        ) as unit_cost,
        greatest(balance.closing_backlog_quantity - balance.target_backlog_quantity, 0) as backlog_above,
        coalesce(balance.minimum_inventory_quantity, balance.target_inventory_quantity) as least_quantity
    from balance
    inner join dim_period using (period_start)
    inner join dim_family using (family_id)
    left join family_money on balance.family_id = family_money.family_id and balance.period_start = family_money.period_start
),
planned as (select * from priced where period_kind <> 'history'),
short as (
    select
        'short' as kind,
        family_id,
        null::varchar as resource_id,
        null::varchar as subject_id,
        period_start,
        1 as periods,
        case when production_strategy = 'make_to_stock' then closing_shortage_quantity else past_due_quantity end as missing,
        false as is_negligible,
        concat(family_name, ': short by up to {} ', planning_unit) as wording,
        missing * price as standing,
        lost_sales_quantity * price as flowing,
        planner as owner
    from planned
    where balance_status = 'short'
),
below_target as (
    select
        'below_target',
        family_id,
        null,
        case when coalesce(backlog_above, 0) > 0 then 'backlog' end,
        period_start,
        1,
        case when coalesce(backlog_above, 0) > 0 then backlog_above else least_quantity - closing_inventory_quantity end as missing,
        missing <= $negligible_ratio * case when coalesce(backlog_above, 0) > 0 then target_backlog_quantity else least_quantity end,
        concat(
            family_name, case when coalesce(backlog_above, 0) > 0 then ': backlog above target by up to {} ' else ': below the least stock by up to {} ' end,
            planning_unit
        ),
        missing * case when coalesce(backlog_above, 0) > 0 then price else unit_cost end,
        null,
        planner
    from planned
    where balance_status = 'below_target'
),
excess as (
    select
        'excess',
        family_id,
        null,
        null,
        period_start,
        1,
        closing_inventory_quantity - maximum_inventory_quantity as missing,
        missing <= $negligible_ratio * maximum_inventory_quantity,
        concat(family_name, ': above the maximum stock by up to {} ', planning_unit),
        missing * unit_cost,
        null,
        planner
    from planned
    where balance_status = 'excess'
),
-- no other movement is planned than what passes its shelf life
spoiled as (
    select
        'spoiled',
        family_id,
        null,
        null,
        period_start,
        1,
        round(coalesce(other_movement_to_date_quantity, 0) - other_movement_quantity, 6) as missing,
        false,
        concat(family_name, ': up to {} ', planning_unit, ' spoil before anybody takes them'),
        null,
        missing * unit_cost,
        planner
    from planned
    where missing > 0
),
-- what management allows or orders, and the plan cannot keep beside what else is ordered or frozen
limits as (
    select
        planned.*,
        'most backlog' as subject,
        'backlog above the most its policy allows by up to' as told,
        greatest(coalesce(planned.closing_backlog_quantity, 0), coalesce(planned.closing_shortage_quantity, 0))
        - supply_policies.maximum_backlog_quantity as missing,
        supply_policies.maximum_backlog_quantity as allowed,
        planned.price as standing_price,
        null as flowing_price
    from planned
    inner join supply_policies using (family_id, period_start)
    union all
    select
        planned.*,
        'most production',
        'production above the most its policy allows by up to',
        planned.production_quantity - coalesce(planned.production_to_date_quantity, 0) - supply_policies.maximum_production_quantity,
        supply_policies.maximum_production_quantity,
        null,
        planned.unit_cost
    from planned
    inner join supply_policies using (family_id, period_start)
    union all
    select
        planned.*,
        'least production',
        'production below the least its policy asks for by up to',
        supply_policies.minimum_production_quantity - planned.production_quantity + coalesce(planned.production_to_date_quantity, 0),
        supply_policies.minimum_production_quantity,
        null,
        planned.unit_cost
    from planned
    inner join supply_policies using (family_id, period_start)
    union all
    select
        planned.*,
        replace(overrides.measure, '_', ' '),
        replace(overrides.measure, '_', ' ') || ' away from what was ordered by up to',
        abs(
            case overrides.measure
                when 'closing_inventory' then planned.closing_inventory_quantity
                else coalesce(planned.closing_backlog_quantity, planned.closing_shortage_quantity)
            end - overrides.quantity
        ),
        overrides.quantity,
        case overrides.measure when 'closing_inventory' then planned.unit_cost else planned.price end,
        null
    from planned
    inner join overrides using (family_id, period_start)
    -- the executive step is the last word
    qualify row_number() over (partition by planned.family_id, planned.period_start, overrides.measure order by overrides.step) = 1
    union all
    -- a target that its own limits forbid
    select
        planned.*,
        'target',
        case when planned.target_inventory_quantity > planned.maximum_inventory_quantity then 'target above the most stock' else 'target below the least stock' end
        || ' its policy allows by up to',
        greatest(
            planned.target_inventory_quantity - planned.maximum_inventory_quantity, planned.minimum_inventory_quantity - planned.target_inventory_quantity
        ),
        planned.target_inventory_quantity,
        planned.unit_cost,
        null
    from planned
),
limit_not_kept as (
    select
        'limit_not_kept',
        family_id,
        null,
        subject,
        period_start,
        1,
        missing,
        missing <= $negligible_ratio * allowed,
        concat(family_name, ': ', told, ' {} ', planning_unit),
        missing * standing_price,
        missing * flowing_price,
        planner
    from limits
    where missing > 1e-5 * greatest(1, allowed)
),
lead_time as (
    select
        'lead_time_over_target',
        family_id,
        null,
        null,
        period_start,
        1,
        customer_lead_time_days - target_customer_lead_time_days as missing,
        false,
        concat(family_name, ': a new order waits up to {} working days longer than the ', format('{:.4g}', target_customer_lead_time_days), ' the market accepts'),
        closing_backlog_quantity * missing / customer_lead_time_days * price,
        null,
        planner
    from planned
    where customer_lead_time_days - target_customer_lead_time_days > $lead_time_tolerance_days
),
-- where nothing is ever shipped a new order has no lead time at all
unshipped as (
    select
        'lead_time_over_target',
        family_id,
        null,
        'no shipment',
        period_start,
        1,
        closing_backlog_quantity,
        false,
        concat(family_name, ': up to {} ', planning_unit, ' on order, and nothing is planned to be shipped of it'),
        closing_backlog_quantity * price,
        null,
        planner
    from planned
    where production_strategy <> 'make_to_stock' and customer_lead_time_days is null and closing_backlog_quantity > 1e-6
),
schedules as (
    select
        family_id,
        any_value(family_name) as family_name,
        any_value(planner) as planner,
        any_value(planning_unit) as planning_unit,
        min(period_start) as period_start,
        count(*) as periods,
        arg_min(unit_cost, period_start) as unit_cost,
        sum(scheduled_quantity::decimal(38, 6))::double as scheduled_quantity,
        sum((production_quantity - coalesce(production_to_date_quantity, 0))::decimal(38, 6))::double as planned_quantity
    from planned
    where scheduled_quantity is not null and periods_from_now < $schedule_periods
    group by family_id
),
schedule as (
    select
        'schedule_off_plan',
        family_id,
        null,
        null,
        period_start,
        periods,
        abs(scheduled_quantity - planned_quantity) as missing,
        false,
        concat(
            family_name, ': open work orders ', case when scheduled_quantity > planned_quantity then 'above' else 'below' end,
            ' the production plan by {} of ', format('{:,.0f}', planned_quantity), ' ', planning_unit
        ),
        missing * unit_cost,
        null,
        planner
    from schedules
    where abs(scheduled_quantity - planned_quantity) > greatest($schedule_off_plan_ratio * planned_quantity, 1e-6)
),
unsubmitted as (
    select
        'sales_plan_missing',
        planned.family_id,
        null,
        null,
        planned.period_start,
        1,
        family_demand.quantity,
        false,
        concat(
            planned.family_name, ': no sales plan', ' since ' || sales_plan_status.last_submitted_on,
            ' (' || translate(sales_plan_status.silent_authors, '{}', '()') || ')', '; up to {} ', planned.planning_unit,
            ' a period rest on the forecast'
        ),
        null,
        family_demand.quantity * planned.price,
        'team:sales'
    from planned
    inner join family_demand on planned.family_id = family_demand.family_id and planned.period_start = family_demand.period_start
    left join sales_plan_status on planned.family_id = sales_plan_status.family_id and sales_plan_status.is_missing
    anti join sales_submissions on planned.family_id = sales_submissions.family_id and planned.period_start = sales_submissions.period_start
    where
        planned.periods_from_now < $sales_plan_periods
        and family_demand.quantity > 0
        and exists(select * from extract_status where extract = 'sales_forecasts' and load_status <> 'not_supplied')
),
partly_submitted as (
    select
        'sales_plan_partial',
        planned.family_id,
        null,
        nullif(sales_submissions.item_id, ''),
        planned.period_start,
        1,
        greatest(
            coalesce(item_before.quantity * items.planning_units_per_unit, family_before.quantity, 0)
            - sales_submissions.submitted_quantity * coalesce(items.planning_units_per_unit, 1),
            0
        ) as missing,
        false,
        concat(
            planned.family_name, ': the sales plan', ' of ' || items.item_name, ' holds customer groups that asked for only ',
            format('{:.0f}', 100 * sales_submissions.covered_ratio), ' % of last season''s demand',
            case when missing > 0 then concat('; it is up to {} ', planned.planning_unit, ' below the forecast') end
        ),
        null,
        missing * planned.price,
        'team:sales'
    from planned
    inner join sales_submissions on planned.family_id = sales_submissions.family_id and planned.period_start = sales_submissions.period_start
    left join items on sales_submissions.item_id = items.item_id
    left join family_before
        on
            sales_submissions.item_id = ''
            and planned.family_id = family_before.family_id
            and planned.period_start = family_before.period_start
    left join item_before
        on sales_submissions.item_id = item_before.item_id and planned.period_start = item_before.period_start
    where sales_submissions.covered_ratio < 0.5
),
unexplained as (
    select
        'unexplained',
        family_id,
        null,
        null,
        period_start,
        1,
        abs(unexplained_quantity),
        false,
        concat(family_name, ': up to {} ', planning_unit, ' of stock that no receipt, issue or shipment explains'),
        null,
        abs(unexplained_quantity) * unit_cost,
        'team:supply_chain'
    from priced
    where
        period_kind = 'history'
        and periods_from_now >= -$unexplained_periods
        and abs(unexplained_quantity)
        > $unexplained_ratio * greatest(abs(opening_inventory_quantity), abs(closing_inventory_quantity), abs(shipped_quantity))
),
together as (
    select * from short
    union all
    select * from below_target
    union all
    select * from excess
    union all
    select * from spoiled
    union all
    select * from limit_not_kept
    union all
    select * from lead_time
    union all
    select * from unshipped
    union all
    select * from schedule
    union all
    select * from unsubmitted
    union all
    select * from partly_submitted
    union all
    select * from unexplained
    union all
    select * from resource_exceptions
)
select
    kind::varchar as kind,
    family_id::varchar as family_id,
    resource_id::varchar as resource_id,
    subject_id::varchar as subject_id,
    period_start::date as period_start,
    periods::bigint as periods,
    missing::double as missing_value,
    is_negligible::boolean as is_negligible,
    wording::varchar as wording,
    standing::decimal(18, 2) as standing_amount,
    flowing::decimal(18, 2) as flowing_amount,
    owner::varchar as owner
from together
