-- One row per plan compared with, measure, family, planned period and cause of the change since then; what did not change has no row.
with
balance as (select * from sop.current_balance),
dim_period as (select * from sop.dim_period),
recorded_plans as (select * from raw.recorded_plans),
staged_plans as (select * from staging.approved_plans),
approved_plans as (select * from core.approved_plans),
nights as (
    select *
    from recorded_plans
    where
        record_kind = 'night'
        and as_of_date = (select max(as_of_date) from recorded_plans where record_kind = 'night' and as_of_date < $as_of_date)
),
last_closed as (select period_start from dim_period where periods_from_now = -1),
-- the version that planned the current period may have planned the one before it too
versions as (
    select
        approved_plans.family_id,
        approved_plans.cycle_id,
        approved_plans.approved_on
    from approved_plans
    inner join dim_period on approved_plans.period_start = dim_period.period_start and dim_period.periods_from_now = 0
),
closings as (
    select
        cycle_id,
        family_id,
        period_start,
        closing_inventory_quantity,
        closing_backlog_quantity,
        true as is_approved_here
    from recorded_plans
    where record_kind = 'approved'
    union all
    select
        cycle_id,
        family_id,
        period_start,
        closing_inventory_quantity,
        closing_backlog_quantity,
        false
    from staged_plans
),
approved_closings as (
    select
        versions.family_id,
        versions.approved_on,
        closings.period_start,
        closings.closing_inventory_quantity,
        closings.closing_backlog_quantity
    from versions
    inner join closings using (family_id, cycle_id)
    semi join last_closed on closings.period_start = last_closed.period_start
    qualify row_number() over (partition by versions.family_id order by closings.is_approved_here desc) = 1
),
compared as (
    select
        'last_night' as compared_with,
        as_of_date as compared_on,
        family_id,
        period_start,
        statistical_quantity,
        consensus_quantity,
        coalesce(demand_quantity, consensus_quantity) as demand_quantity,
        production_quantity,
        closing_inventory_quantity,
        closing_backlog_quantity,
        revenue_amount
    from nights
    union all
    select
        'approved',
        approved_on,
        family_id,
        period_start,
        null,
        approved_demand_quantity,
        approved_demand_quantity,
        approved_production_quantity,
        approved_closing_inventory_quantity,
        approved_closing_backlog_quantity,
        approved_revenue_amount
    from approved_plans
    anti join last_closed on approved_plans.period_start = last_closed.period_start
    union all
    select
        'approved',
        approved_on,
        family_id,
        period_start,
        null,
        null,
        null,
        null,
        closing_inventory_quantity,
        closing_backlog_quantity,
        null
    from approved_closings
),
-- a plan opens where its period before closed: a plan of the cycle before said where, and what it came to is known.
-- Where that was not kept, what opens the plan is told under other
before_after as (
    select
        compared.compared_with,
        compared.compared_on,
        balance.cycle_id,
        balance.scenario_id,
        balance.plan_version,
        balance.family_id,
        balance.period_start,
        balance.period_kind,
        balance.planning_unit,
        balance.currency,
        balance.production_strategy <> 'make_to_stock' as is_made_to_order,
        compared.statistical_quantity as old_statistical,
        balance.statistical_quantity as new_statistical,
        compared.consensus_quantity as old_consensus,
        balance.consensus_quantity as new_consensus,
        compared.demand_quantity as old_demand,
        balance.demand_quantity as new_demand,
        compared.production_quantity as old_production,
        balance.production_quantity as new_production,
        compared.closing_inventory_quantity as old_inventory,
        balance.closing_inventory_quantity as new_inventory,
        compared.closing_backlog_quantity as old_backlog,
        balance.closing_backlog_quantity as new_backlog,
        compared.revenue_amount as old_revenue,
        balance.revenue_amount::double as new_revenue,
        new_demand - old_demand as demand_change,
        new_production - old_production as production_change,
        new_inventory - old_inventory as inventory_change,
        new_backlog - old_backlog as backlog_change,
        coalesce(lag(new_inventory - old_inventory) over plan, 0) as opening_inventory_change,
        coalesce(lag(new_backlog - old_backlog) over plan, 0) as opening_backlog_change
    from compared
    inner join balance using (family_id, period_start)
    inner join dim_period using (period_start)
    where dim_period.periods_from_now >= -1
    window plan as (partition by compared.compared_with, balance.family_id order by dim_period.periods_from_now)
),
causes as (
    select
        before_after.*,
        cell.measure,
        cell.old_value,
        cell.new_value,
        cell.cause,
        cell.change
    from before_after
    cross join lateral (
        values
        ('consensus_quantity', old_consensus, new_consensus, 'statistical_forecast', new_statistical - old_statistical),
        (
            'consensus_quantity', old_consensus, new_consensus, case when old_statistical is null then 'not_split' else 'people' end,
            new_consensus - old_consensus - coalesce(new_statistical - old_statistical, 0)
        ),
        ('production_quantity', old_production, new_production, 'demand', demand_change),
        (
            'production_quantity', old_production, new_production, 'opening_position',
            case when is_made_to_order then opening_backlog_change else -opening_inventory_change end
        ),
        (
            'production_quantity', old_production, new_production, 'closing_position',
            case when is_made_to_order then -backlog_change else inventory_change end
        ),
        (
            'production_quantity', old_production, new_production, 'other',
            production_change - coalesce(demand_change, 0)
            - case when is_made_to_order then opening_backlog_change else -opening_inventory_change end
            - coalesce(case when is_made_to_order then -backlog_change else inventory_change end, 0)
        ),
        ('closing_inventory_quantity', old_inventory, new_inventory, 'opening_position', opening_inventory_change),
        ('closing_inventory_quantity', old_inventory, new_inventory, 'production', production_change),
        ('closing_inventory_quantity', old_inventory, new_inventory, 'demand', -demand_change),
        (
            'closing_inventory_quantity', old_inventory, new_inventory, 'other',
            inventory_change - opening_inventory_change - coalesce(production_change, 0) + coalesce(demand_change, 0)
        ),
        ('closing_backlog_quantity', old_backlog, new_backlog, 'opening_position', opening_backlog_change),
        ('closing_backlog_quantity', old_backlog, new_backlog, 'production', -production_change),
        ('closing_backlog_quantity', old_backlog, new_backlog, 'demand', demand_change),
        (
            'closing_backlog_quantity', old_backlog, new_backlog, 'other',
            backlog_change - opening_backlog_change + coalesce(production_change, 0) - coalesce(demand_change, 0)
        ),
        ('revenue_amount', old_revenue, new_revenue, 'demand', demand_change * old_revenue / nullif(old_demand, 0)),
        (
            'revenue_amount', old_revenue, new_revenue, 'other',
            new_revenue - old_revenue - coalesce(demand_change * old_revenue / nullif(old_demand, 0), 0)
        )
    ) as cell(measure, old_value, new_value, cause, change)
)
select
    cycle_id::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    plan_version::varchar as plan_version,
    compared_with::varchar as compared_with,
    compared_on::date as compared_on,
    measure::varchar as measure,
    family_id::varchar as family_id,
    period_start::date as period_start,
    cause::varchar as cause,
    old_value::double as old_value,
    new_value::double as new_value,
    round(change, 6)::double as change_value,
    (case when measure = 'revenue_amount' then currency else planning_unit end)::varchar as unit
from causes
where period_kind <> 'history' and abs(new_value - old_value) > 5e-7 and abs(change) > 5e-7
