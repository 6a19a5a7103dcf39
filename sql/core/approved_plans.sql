-- One row per family and period: the plan last approved before the period's first day for history, before the as-of date else.
with recorded_plans as (
    select * from raw.recorded_plans where record_kind = 'approved'
),

staged_plans as (
    select * from staging.approved_plans
),

periods as (
    select * from core.periods
),

families as (
    select family_id from core.families
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

-- money of a plan approved elsewhere stays at the rate of the day it was approved
staged_amounts as (
    select
        staged_plans.*,
        cast(staged_plans.revenue as double) * actual_rates.rate as revenue_amount
    from (select *, coalesce(currency, $reporting_currency) as plan_currency from staged_plans) as staged_plans
    asof left join actual_rates on staged_plans.plan_currency = actual_rates.currency and staged_plans.approved_on >= actual_rates.valid_from
),

versions as (
    select
        true as is_approved_here,
        cycle_id,
        recorded_on as approved_on,
        family_id,
        period_start,
        coalesce(demand_quantity, consensus_quantity) as demand_quantity,
        production_quantity,
        closing_inventory_quantity,
        closing_backlog_quantity,
        revenue_amount
    from recorded_plans
    union all
    select
        false as is_approved_here,
        cycle_id,
        approved_on,
        family_id,
        period_start,
        cast(demand_quantity as double) as demand_quantity,
        cast(production_quantity as double) as production_quantity,
        cast(closing_inventory_quantity as double) as closing_inventory_quantity,
        cast(closing_backlog_quantity as double) as closing_backlog_quantity,
        revenue_amount
    from staged_amounts
),

-- what was approved in time for the period: a later approval of the same cycle changes nothing of it any more
in_time as (
    select versions.*
    from versions
    inner join periods using (period_start)
    inner join families using (family_id)
    where versions.approved_on < case when periods.periods_from_now < 0 then periods.period_start else cast($as_of_date as date) end
),

-- a cycle approved here wins over what an extract says of the same cycle
of_cycles as (
    select *
    from in_time
    qualify row_number() over (
        partition by family_id, period_start, cycle_id order by is_approved_here desc, approved_on desc
    ) = 1
),

last_versions as (
    select *
    from of_cycles
    qualify row_number() over (partition by family_id, period_start order by approved_on desc, cycle_id desc) = 1
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(cycle_id as varchar) as cycle_id,
    cast(approved_on as date) as approved_on,
    cast(demand_quantity as double) as approved_demand_quantity,
    cast(production_quantity as double) as approved_production_quantity,
    cast(closing_inventory_quantity as double) as approved_closing_inventory_quantity,
    cast(closing_backlog_quantity as double) as approved_closing_backlog_quantity,
    cast(revenue_amount as double) as approved_revenue_amount
from last_versions
order by family_id, period_start
