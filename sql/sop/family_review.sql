-- One row per family, product group or company, grid row, line and column of the review sheet; what is not known has no row.
with
balance as (select * from sop.supply_demand_balance where plan_version = 'working'),
rounded_balance as (select * from sop.rounded_balance),
review_notes as (select * from sop.review_notes),
review_resources as (select * from sop.review_resources),
dim_period as (select * from sop.dim_period),
extract_status as (select * from sop.extract_status),
families as (select * from core.families),
family_resources as (select * from core.family_resources),
family_history as (select * from core.family_history),
forecast_accuracy as (select * from sop.forecast_accuracy),
levels as (
    select
        family_id,
        unnest(['family', 'product_group', 'company']) as level,
        unnest([family_id, product_group, '*']) as level_id
    from families
),
sheet as (
    select
        balance.* exclude (
            working_days, demand_quantity, consensus_quantity, approved_demand_quantity, business_plan_quantity, booked_quantity,
            shipped_quantity, production_quantity, approved_production_quantity, subcontract_quantity, purchase_quantity, issued_quantity,
            other_movement_quantity, unexplained_quantity, opening_inventory_quantity, closing_inventory_quantity,
            opening_backlog_quantity, closing_backlog_quantity, opening_shortage_quantity, closing_shortage_quantity, lost_sales_quantity
        ),
        rounded_balance.* exclude (cycle_id, scenario_id, plan_version, family_id, period_start),
        balance.days_of_supply
        * coalesce(rounded_balance.closing_inventory_quantity / nullif(balance.closing_inventory_quantity, 0), 1) as rounded_days_of_supply,
        balance.customer_lead_time_days
        * coalesce(rounded_balance.closing_backlog_quantity / nullif(balance.closing_backlog_quantity, 0), 1) as rounded_backlog_days,
        balance.production_strategy = 'make_to_stock'
        or max(abs(coalesce(rounded_balance.opening_inventory_quantity, 0)) + abs(coalesce(rounded_balance.closing_inventory_quantity, 0)))
            over (partition by rounded_balance.family_id) > 0 as holds_stock,
        balance.production_strategy <> 'make_to_stock' as is_made_to_order,
        rounded_balance.column_kind = 'history' as is_history,
        rounded_balance.column_kind in ('history', 'to_date') as has_passed,
        rounded_balance.column_kind in ('remainder', 'horizon') as is_to_come,
        rounded_balance.column_kind not in ('to_date', 'remainder') as is_whole
    from rounded_balance
    inner join balance using (cycle_id, scenario_id, plan_version, family_id, period_start)
),
variances as (
    select
        *,
        case when is_history then demand_quantity - approved_demand_quantity end as demand_variance,
        case when is_history then production_quantity - approved_production_quantity end as production_variance,
        case when is_history then sum(demand_variance::decimal(38, 6)) over so_far end::double as demand_variance_so_far,
        case when is_history then sum(production_variance::decimal(38, 6)) over so_far end::double as production_variance_so_far,
        -- open orders are what is left to make, also of the current period
        sum(case when is_to_come then production_quantity end::decimal(38, 6)) over (
            partition by scenario_id, family_id, period_start
        )::double as production_to_come,
        exists(select * from extract_status where extract = 'open_work_orders' and load_status <> 'not_supplied') as has_schedule
    from sheet
    window so_far as (partition by scenario_id, family_id order by column_order)
),
family_lines as (
    select
        variances.scenario_id,
        'family' as level,
        variances.family_id as level_id,
        variances.period_start,
        variances.column_kind,
        variances.column_order,
        cell.grid_row,
        cell.line,
        cell.section,
        cell.measure,
        null::varchar as resource_id,
        cell.value,
        null::varchar as text,
        coalesce(cell.unit, variances.planning_unit) as unit
    from variances
    cross join lateral (
        values
        (0, 1, 'calendar', 'working_days', variances.working_days, 'days'),
        (1, 1, 'demand', 'approved_demand_quantity', variances.approved_demand_quantity, null),
        (2, 1, 'demand', 'consensus_quantity', variances.consensus_quantity, null),
        (3, 1, 'demand', 'demand_plan_change_quantity', variances.consensus_quantity - variances.approved_demand_quantity, null),
        (4, 1, 'demand', 'booked_quantity', variances.booked_quantity, null),
        (4, 2, 'demand', 'orders_due_quantity', case when not has_passed then variances.orders_due_quantity end, null),
        (5, 1, 'demand', 'demand_quantity', variances.demand_quantity, null),
        (5, 2, 'demand', 'shipped_quantity', variances.shipped_quantity, null),
        (5, 3, 'demand', 'previous_year_demand_quantity', case when is_whole then variances.previous_year_demand_quantity end, null),
        (6, 1, 'demand', 'demand_variance_quantity', variances.demand_variance, null),
        (6, 2, 'demand', 'cumulative_demand_variance_quantity', variances.demand_variance_so_far, null),
        (7, 1, 'demand', 'business_plan_quantity', variances.business_plan_quantity, null),
        (7, 2, 'demand', 'business_plan_gap_quantity', variances.consensus_quantity - variances.business_plan_quantity, null),
        (8, 1, 'supply', 'approved_production_quantity', variances.approved_production_quantity, null),
        (8, 2, 'supply', 'planned_production_quantity', case when not has_passed then variances.production_quantity end, null),
        (
            8, 3, 'supply', 'production_plan_change_quantity',
            case when not is_history then variances.production_quantity - variances.approved_production_quantity end, null
        ),
        (9, 1, 'supply', 'production_quantity', case when has_passed then variances.production_quantity end, null),
        (9, 2, 'supply', 'production_variance_quantity', variances.production_variance, null),
        (9, 3, 'supply', 'cumulative_production_variance_quantity', variances.production_variance_so_far, null),
        (9, 4, 'supply', 'scheduled_quantity', case when not has_passed and has_schedule then variances.scheduled_quantity end, null),
        (
            9, 5, 'supply', 'schedule_difference_quantity',
            case when not has_passed and has_schedule then variances.scheduled_quantity - variances.production_to_come end, null
        ),
        (10, 1, 'supply', 'subcontract_quantity', variances.subcontract_quantity, null),
        (10, 2, 'supply', 'purchase_quantity', variances.purchase_quantity, null),
        (11, 1, 'supply', 'issued_quantity', variances.issued_quantity, null),
        (11, 2, 'supply', 'other_movement_quantity', variances.other_movement_quantity, null),
        (12, 1, 'inventory', 'opening_inventory_quantity', case when holds_stock then variances.opening_inventory_quantity end, null),
        (13, 1, 'inventory', 'closing_inventory_quantity', case when holds_stock then variances.closing_inventory_quantity end, null),
        (14, 1, 'inventory', 'unexplained_quantity', case when holds_stock then variances.unexplained_quantity end, null),
        (15, 1, 'inventory', 'target_inventory_quantity', case when is_whole then variances.target_inventory_quantity end, null),
        (
            15, 2, 'inventory', 'target_inventory_gap_quantity',
            case when is_whole then variances.closing_inventory_quantity - variances.target_inventory_quantity end, null
        ),
        (15, 3, 'inventory', 'days_of_supply', case when is_whole and holds_stock then variances.rounded_days_of_supply end, 'days'),
        (15, 4, 'inventory', 'minimum_inventory_quantity', case when is_whole then variances.minimum_inventory_quantity end, null),
        (15, 5, 'inventory', 'maximum_inventory_quantity', case when is_whole then variances.maximum_inventory_quantity end, null),
        (16, 1, 'inventory', 'closing_shortage_quantity', variances.closing_shortage_quantity, null),
        (16, 2, 'inventory', 'lost_sales_quantity', variances.lost_sales_quantity, null),
        (17, 1, 'backlog', 'opening_backlog_quantity', variances.opening_backlog_quantity, null),
        (17, 2, 'backlog', 'closing_backlog_quantity', variances.closing_backlog_quantity, null),
        (17, 3, 'backlog', 'target_backlog_quantity', case when is_whole and is_made_to_order then variances.target_backlog_quantity end, null),
        (17, 4, 'backlog', 'backlog_days', case when is_whole and is_made_to_order then variances.rounded_backlog_days end, 'days'),
        (17, 5, 'backlog', 'past_due_quantity', case when is_whole and is_made_to_order then variances.past_due_quantity end, null),
        (17, 6, 'backlog', 'customer_lead_time_days', case when is_whole and is_made_to_order then variances.rounded_backlog_days end, 'days'),
        (
            17, 7, 'backlog', 'target_customer_lead_time_days',
            case when is_whole and is_made_to_order then variances.target_customer_lead_time_days end, 'days'
        ),
        (20, 1, 'performance', 'on_time_in_full_ratio', case when is_history then variances.on_time_in_full_ratio end, 'ratio'),
        (
            20, 2, 'performance', 'plan_attainment_ratio',
            case when is_history then variances.production_quantity / nullif(variances.approved_production_quantity, 0) end, 'ratio'
        )
    ) as cell(grid_row, line, section, measure, value, unit)
),
-- what the meeting agreed on, else what it approved, else what the engine would have said: the first that enough periods can judge
shown_accuracy as (
    select
        *,
        concat(
            case step when 'demand_review' then 'consensus' when 'executive' then 'approved plan' else 'statistical forecast' end, ', ', basis
        ) as step_and_basis
    from forecast_accuracy
    where lag_periods in (1, 3) and (basis = 'published' or step = 'statistical')
    qualify row_number() over (
        partition by family_id, lag_periods
        order by observations >= 3 desc, list_position(['demand_review', 'executive', 'statistical'], step) nulls last
    ) = 1
),
accuracy_lines as (
    select
        variances.scenario_id,
        'family' as level,
        variances.family_id as level_id,
        variances.period_start,
        variances.column_kind,
        variances.column_order,
        20 as grid_row,
        cell.line,
        'performance' as section,
        concat(cell.kind, '_lag_', shown_accuracy.lag_periods, '_ratio') as measure,
        null::varchar as resource_id,
        cell.value,
        shown_accuracy.step_and_basis as text,
        'ratio' as unit
    from variances
    inner join shown_accuracy using (family_id)
    cross join lateral (
        values
        (2 + shown_accuracy.lag_periods, 'error', shown_accuracy.wape_ratio),
        (3 + shown_accuracy.lag_periods, 'bias', shown_accuracy.bias_ratio)
    ) as cell(line, kind, value)
    where variances.column_kind = 'current'
),
level_resources as (
    select distinct
        levels.level,
        levels.level_id,
        review_resources.*
    from levels
    inner join family_resources using (family_id)
    inner join review_resources using (resource_id)
),
resource_lines as (
    select
        level_resources.scenario_id,
        level_resources.level,
        level_resources.level_id,
        level_resources.period_start,
        level_resources.column_kind,
        level_resources.column_order,
        18 as grid_row,
        10 * dense_rank() over (
            partition by level_resources.level, level_resources.level_id
            order by level_resources.resource_id
        ) + cell.line as line,
        'resources' as section,
        cell.measure,
        level_resources.resource_id,
        cell.value,
        null::varchar as text,
        cell.unit
    from level_resources
    cross join lateral (
        values
        (1, 'required_capacity', level_resources.required_capacity, level_resources.capacity_unit),
        (2, 'regular_capacity', level_resources.regular_capacity, level_resources.capacity_unit),
        (3, 'load_ratio', level_resources.load_ratio, 'ratio'),
        (4, 'required_heads', level_resources.required_heads, 'heads'),
        (5, 'planned_heads', level_resources.planned_heads, 'heads'),
        (6, 'productivity_ratio', level_resources.productivity_ratio, 'ratio')
    ) as cell(line, measure, value, unit)
    where level_resources.is_critical
),
planned_heads as (
    select
        scenario_id,
        level,
        level_id,
        column_order,
        sum(planned_heads::decimal(38, 9))::double as planned_heads
    from level_resources
    where planned_heads is not null
    group by scenario_id, level, level_id, column_order
),
family_money as (
    select
        variances.*,
        family_history.revenue_amount::decimal(18, 2) as revenue_to_date,
        (family_history.revenue_amount::decimal(18, 2) - family_history.cost_of_sales_amount::decimal(18, 2)) as margin_to_date
    from variances
    left join family_history
        on variances.family_id = family_history.family_id and variances.period_start = family_history.period_start
),
totals as (
    select
        family_money.scenario_id,
        levels.level,
        levels.level_id,
        family_money.period_start,
        family_money.column_kind,
        family_money.column_order,
        family_money.currency,
        sum(case when is_to_come then family_money.required_heads end::decimal(38, 9)) as required_heads,
        sum(case column_kind
            when 'to_date' then revenue_to_date
            when 'remainder' then family_money.revenue_amount - coalesce(revenue_to_date, 0)
            else family_money.revenue_amount
        end) as revenue,
        sum(case column_kind
            when 'to_date' then margin_to_date
            when 'remainder' then family_money.margin_amount - coalesce(margin_to_date, 0)
            else family_money.margin_amount
        end) as margin,
        sum(case when is_whole then family_money.inventory_value_amount end) as inventory_value,
        sum(case when is_whole then family_money.business_plan_gap_amount end) as gap,
        count(*) as families,
        count(*) filter (where family_money.revenue_amount is null) as families_without_revenue,
        count(*) filter (where family_money.margin_amount is null) as families_without_margin,
        count(*) filter (where is_whole and family_money.inventory_value_amount is null) as families_without_value,
        count(*) filter (where is_whole and family_money.business_plan_gap_amount is null) as families_without_gap
    from family_money
    inner join levels using (family_id)
    group by all
),
total_lines as (
    select
        totals.scenario_id,
        totals.level,
        totals.level_id,
        totals.period_start,
        totals.column_kind,
        totals.column_order,
        cell.grid_row,
        cell.line,
        cell.section,
        cell.measure,
        null::varchar as resource_id,
        cell.value::double as value,
        case when cell.families_without > 0 then concat('without ', cell.families_without, ' of ', totals.families, ' families: not supplied') end as text,
        cell.unit
    from totals
    left join planned_heads using (scenario_id, level, level_id, column_order)
    cross join lateral (
        values
        (18, 1, 'resources', 'required_heads', totals.required_heads::double, 'heads', 0),
        (18, 2, 'resources', 'planned_heads', planned_heads.planned_heads, 'heads', 0),
        (19, 1, 'money', 'revenue_amount', totals.revenue::double, totals.currency, totals.families_without_revenue),
        (19, 2, 'money', 'margin_amount', totals.margin::double, totals.currency, totals.families_without_margin),
        (19, 3, 'money', 'inventory_value_amount', totals.inventory_value::double, totals.currency, totals.families_without_value),
        (19, 4, 'money', 'business_plan_gap_amount', totals.gap::double, totals.currency, totals.families_without_gap)
    ) as cell(grid_row, line, section, measure, value, unit, families_without)
),
note_lines as (
    select
        'base' as scenario_id,
        review_notes.level,
        review_notes.level_id,
        review_notes.period_start,
        case when dim_period.periods_from_now = 0 then 'current' else 'horizon' end as column_kind,
        dim_period.periods_from_now + 15 as column_order,
        21 as grid_row,
        review_notes.line,
        'notes' as section,
        review_notes.note_kind as measure,
        null::varchar as resource_id,
        review_notes.effect_ratio as value,
        review_notes.note as text,
        'ratio' as unit
    from review_notes
    inner join dim_period using (period_start)
),
lines as (
    select * from family_lines
    union all
    select * from accuracy_lines
    union all
    select * from resource_lines
    union all
    select * from total_lines
    union all
    select * from note_lines
)
select
    (select cycle_id from balance where period_kind = 'current' limit 1)::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    'working'::varchar as plan_version,
    level::varchar as level,
    level_id::varchar as level_id,
    grid_row::bigint as grid_row,
    line::bigint as line,
    period_start::date as period_start,
    column_kind::varchar as column_kind,
    column_order::bigint as column_order,
    section::varchar as section,
    measure::varchar as measure,
    resource_id::varchar as resource_id,
    value::double as value,
    text::varchar as text,
    unit::varchar as unit
from lines
where value is not null or section = 'notes'
