-- One row per plan level, measure, family, product group or company, and the span a target is of: actual, plan, target, gap.
with
balance as (select * from sop.current_balance),
dim_period as (select * from sop.dim_period),
cash_plan as (select * from sop.cash_plan where scenario_id = 'base' and plan_version = 'working'),
workforce_plan as (select * from plan.workforce_plan where scenario_id = 'base' and strategy = 'planned'),
resources as (select * from core.resources),
routing_usage as (select * from core.routing_usage where not is_subcontract),
production_history as (select * from staging.production_history where completion_date < $as_of_date),
business_objectives as (select * replace (nullif(family_id, '*') as family_id) from staging.business_objectives),
families as (select * from core.families),
strategic_outlook as (select * from sop.strategic_outlook),
current_period as (select * from dim_period where periods_from_now = 0),
season as (select max(period_of_year) as periods from dim_period),
targets as (
    select
        business_objectives.measure,
        business_objectives.family_id,
        dim_period.period_start,
        dim_period.period_end,
        dim_period.period_kind,
        business_objectives.target::double as target_value,
        business_objectives.owner
    from dim_period
    inner join business_objectives on dim_period.period_end >= business_objectives.period_start
    qualify row_number() over (
        partition by business_objectives.measure, business_objectives.family_id, dim_period.period_start
        order by business_objectives.period_start desc
    ) = 1
),
-- every row counts for its family and, without one, for the company
of_level as (
    select
        unnest([family_id, null]) as family_id,
        period_start,
        revenue_amount,
        margin_amount,
        cost_of_sales_amount,
        inventory_value_amount,
        on_time_in_full_ratio,
        customer_lead_time_days,
        required_heads,
        production_strategy
    from balance
),
money as (
    select
        of_level.family_id,
        of_level.period_start,
        dim_period.periods_from_now,
        sum(margin_amount)::double / nullif(sum(revenue_amount) filter (where margin_amount is not null), 0)::double as gross_margin_ratio,
        sum(inventory_value_amount)::double as inventory_value,
        sum(cost_of_sales_amount)::double as cost_of_sales,
        -- quantities of families do not add up; their service weighs by revenue
        case
            when of_level.family_id is not null then max(on_time_in_full_ratio)
            else
                sum((on_time_in_full_ratio * revenue_amount::double)::decimal(38, 6))::double
                / nullif(sum(revenue_amount) filter (where on_time_in_full_ratio is not null), 0)::double
        end as on_time_in_full_ratio,
        case
            when of_level.family_id is not null then max(customer_lead_time_days)
            else
                sum((customer_lead_time_days * revenue_amount::double)::decimal(38, 6))::double
                / nullif(sum(revenue_amount) filter (where customer_lead_time_days is not null), 0)::double
        end as customer_lead_time_days
    from of_level
    inner join dim_period using (period_start)
    group by of_level.family_id, of_level.period_start, dim_period.periods_from_now
),
turns as (
    select
        money.family_id,
        money.period_start,
        case
            when count(money.cost_of_sales) over last_season = season.periods and count(money.inventory_value) over last_season = season.periods
                then
                    sum(money.cost_of_sales::decimal(38, 6)) over last_season::double
                    / nullif(sum(money.inventory_value::decimal(38, 6)) over last_season::double / season.periods, 0)
        end as inventory_turns
    from money
    cross join season
    window last_season as (
        partition by money.family_id
        order by money.periods_from_now
        range between (select periods - 1 from season) preceding and current row
    )
),
labour_usage as (
    select
        routing_usage.item_id,
        sum(routing_usage.usage_per_unit::decimal(38, 9)) as hours_per_unit
    from routing_usage
    inner join resources using (resource_id)
    where resources.resource_type = 'labour'
    group by routing_usage.item_id
),
worked as (
    select
        dim_period.period_start,
        sum((production_history.good_quantity * labour_usage.hours_per_unit)::decimal(38, 9))::double as earned_hours,
        sum(production_history.labour_hours::decimal(38, 9))::double as worked_hours
    from production_history
    inner join labour_usage using (item_id)
    inner join dim_period on production_history.completion_date between dim_period.period_start and dim_period.period_end
    where production_history.labour_hours is not null
    group by dim_period.period_start
),
crewed as (
    select
        period_start,
        sum(required_hours::decimal(38, 9))::double as required_hours,
        sum((regular_hours + idle_hours + overtime_hours)::decimal(38, 9))::double as paid_hours,
        sum((planned_heads + temporary_heads)::decimal(38, 9))::double as heads
    from workforce_plan
    group by period_start
),
valued as (
    select
        targets.*,
        case targets.measure
            when 'gross_margin_ratio' then money.gross_margin_ratio
            when 'inventory_value' then money.inventory_value
            when 'inventory_turns' then turns.inventory_turns
            when 'on_time_in_full_ratio' then money.on_time_in_full_ratio
            when 'customer_lead_time_days' then money.customer_lead_time_days
            when 'labour_productivity_ratio'
                then
                    case
                        when targets.family_id is not null then null
                        when targets.period_kind = 'history' then worked.earned_hours / nullif(worked.worked_hours, 0)
                        else crewed.required_hours / nullif(crewed.paid_hours, 0)
                    end
            when 'headcount' then case when targets.family_id is null then crewed.heads end
            when 'working_capital' then case when targets.family_id is null then cash_plan.working_capital_amount::double end
        end as value
    from targets
    left join money on targets.period_start = money.period_start and targets.family_id is not distinct from money.family_id
    left join turns on targets.period_start = turns.period_start and targets.family_id is not distinct from turns.family_id
    left join worked on targets.period_start = worked.period_start
    left join crewed on targets.period_start = crewed.period_start
    left join cash_plan on targets.period_start = cash_plan.period_start
),
-- what a group was set stays with the group: the share of a family in it is nobody's target
levels as (
    select
        strategic_outlook.*,
        families.planning_unit,
        unnest(case when is_allocated then ['group', 'company'] else ['family', 'group', 'company'] end) as level,
        case level when 'family' then strategic_outlook.family_id end as level_family,
        case level when 'group' then families.product_group end as level_group
    from strategic_outlook
    inner join families using (family_id)
),
family_counts as (
    select
        unnest([product_group, null]) as level_group,
        family_id
    from families
),
strategic as (
    select
        levels.measure,
        levels.level,
        levels.level_family,
        levels.level_group,
        levels.period_start,
        levels.period_end,
        any_value(levels.planning_unit) as planning_unit,
        bool_and(levels.is_over) as is_over,
        -- money that was shared out to families comes back to the cent
        case
            when levels.measure = 'shipped_quantity' then sum(levels.target_value::decimal(38, 6))
            else sum(levels.target_value::decimal(38, 6))::decimal(38, 2)
        end as target,
        sum(levels.outlook_value::decimal(38, 6)) as value,
        sum(levels.actual_to_date_value::decimal(38, 6)) as passed,
        count(*) as families,
        count(levels.outlook_value) as known_families,
        case
            when levels.level = 'family' then 1
            else (select count(*) from family_counts where family_counts.level_group is not distinct from levels.level_group)
        end as all_families
    from levels
    group by levels.measure, levels.level, levels.level_family, levels.level_group, levels.period_start, levels.period_end
    having levels.measure <> 'shipped_quantity' or min(levels.planning_unit) = max(levels.planning_unit)
),
together as (
    select
        'objective' as plan_level,
        measure,
        family_id,
        null as product_group,
        period_start,
        period_end,
        period_kind,
        null as planning_unit,
        case when period_kind = 'history' then value end as actual_value,
        case when period_kind <> 'history' then value end as plan_value,
        target_value,
        value - target_value as gap_value,
        null as not_covered,
        owner
    from valued
    union all
    select
        'strategic' as plan_level,
        strategic.measure,
        strategic.level_family as family_id,
        strategic.level_group as product_group,
        strategic.period_start,
        strategic.period_end,
        case when strategic.is_over then 'history' when strategic.period_start <= current_period.period_end then 'current' else 'horizon' end as period_kind,
        case when strategic.measure = 'shipped_quantity' then strategic.planning_unit end as planning_unit,
        case when strategic.is_over then strategic.value when strategic.period_start <= current_period.period_end then strategic.passed end::double
            as actual_value,
        case when not strategic.is_over then strategic.value end::double as plan_value,
        strategic.target::double as target_value,
        case when strategic.known_families = strategic.families then strategic.value - strategic.target end::double as gap_value,
        nullif(
            concat_ws(
                ', ',
                case
                    when strategic.families < strategic.all_families
                        then concat('target for ', strategic.families, ' of ', strategic.all_families, ' families')
                end,
                case
                    when strategic.known_families between 1 and strategic.families - 1
                        then concat('plan without ', strategic.families - strategic.known_families, ' of ', strategic.families, ' families')
                end
            ),
            ''
        ) as not_covered,
        null as owner
    from strategic
    cross join current_period
)
select
    (select period_label from current_period)::varchar as cycle_id,
    plan_level::varchar as plan_level,
    measure::varchar as measure,
    family_id::varchar as family_id,
    product_group::varchar as product_group,
    period_start::date as period_start,
    period_end::date as period_end,
    period_kind::varchar as period_kind,
    case
        when measure like '%_ratio' then 'ratio'
        when measure like '%_days' then 'days'
        when measure = 'inventory_turns' then 'turns'
        when measure = 'headcount' then 'heads'
        else coalesce(planning_unit, $reporting_currency)
    end::varchar as unit,
    actual_value::double as actual_value,
    plan_value::double as plan_value,
    target_value::double as target_value,
    gap_value::double as gap_value,
    case
        when measure in ('customer_lead_time_days', 'inventory_value', 'headcount', 'working_capital') then gap_value <= 0
        else gap_value >= 0
    end::boolean as is_reached,
    not_covered::varchar as not_covered,
    owner::varchar as owner
from together
