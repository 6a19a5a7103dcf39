-- One row per family, closed period of the last season, lag and step: what the version of that many cycles before said of it.
with periods as (
    select * from core.periods
),

families as (
    select family_id from core.families
),

-- forecasts of up to half a year are judged over the last season
targets as (
    select period_start, periods_from_now from periods where periods_from_now between -season_length_periods and -1
),

recorded_demand as (
    select
        cycle_id,
        record_kind,
        recorded_on,
        as_of_date,
        family_id,
        period_start,
        step,
        quantity,
        case when change_quantity <> 0 then author end as author
    from raw.recorded_demand
    where quantity is not null and as_of_date < $as_of_date and recorded_on <= $as_of_date
),

recorded_approvals as (
    select
        cycle_id,
        min(recorded_on) as first_recorded_on
    from recorded_demand
    where record_kind = 'approved'
    group by cycle_id
),

-- of a plan approved elsewhere only its last step is known; it never stands in for one approved here, but of a period that began before
-- that was approved it says what was believed
staged_approvals as (
    select
        staged.cycle_id,
        'approved' as record_kind,
        staged.approved_on as recorded_on,
        staged.approved_on as as_of_date,
        staged.family_id,
        staged.period_start,
        'executive' as step,
        cast(staged.demand_quantity as double) as quantity,
        null as author
    from staging.approved_plans as staged
    anti join recorded_approvals
        on staged.cycle_id = recorded_approvals.cycle_id and recorded_approvals.first_recorded_on < staged.period_start
    where staged.demand_quantity is not null and staged.approved_on < $as_of_date
),

versions as (
    select * from recorded_demand
    union all
    select * from staged_approvals
),

-- a version made after the period began is no forecast of it
lagged as (
    select
        versions.*,
        targets.periods_from_now,
        targets.periods_from_now - cycles.periods_from_now as lag_periods
    from versions
    inner join families using (family_id)
    inner join targets using (period_start)
    inner join periods as cycles on versions.cycle_id = cycles.period_label
    where versions.recorded_on < versions.period_start and targets.periods_from_now - cycles.periods_from_now between 1 and 6
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(periods_from_now as bigint) as periods_from_now,
    cast(lag_periods as bigint) as lag_periods,
    cast(step as varchar) as step,
    cast(quantity as double) as quantity,
    cast(author as varchar) as author,
    cast(record_kind as varchar) as record_kind,
    cast(recorded_on as date) as recorded_on
from lagged
-- of each step the approved version, else the frozen one, else the last night: a plan approved elsewhere does not hold them all
qualify row_number() over (
    partition by family_id, period_start, lag_periods, step
    order by list_position(['approved', 'frozen', 'night'], record_kind), recorded_on desc, as_of_date desc
) = 1
order by family_id, period_start, lag_periods, list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], step)
