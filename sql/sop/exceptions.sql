-- One row per exception: trouble of one kind, what it is about, and consecutive periods; what went since the last night stays for one more.
with
cells as (select * from sop.exception_cells),
facts as (select * from sop.exception_facts),
dim_period as (select * from sop.dim_period),
recorded_exceptions as (select * from raw.recorded_exceptions),
recorded_plans as (select * from raw.recorded_plans where record_kind = 'night'),
last_night as (
    select *
    from recorded_exceptions
    where as_of_date = (select max(as_of_date) from recorded_plans where as_of_date < $as_of_date)
),
placed as (
    select
        cells.*,
        dim_period.periods_from_now - row_number() over (
            partition by cells.kind, cells.family_id, cells.resource_id, cells.subject_id
            order by dim_period.periods_from_now
        ) as run
    from cells
    inner join dim_period using (period_start)
),
runs as (
    select
        kind,
        family_id,
        resource_id,
        subject_id,
        min(period_start) as period_start,
        sum(periods)::bigint as periods,
        max(missing_value) as missing_value,
        any_value(owner) as owner,
        arg_max(wording, missing_value) as wording,
        case
            when count(standing_amount) + count(flowing_amount) > 0
                then greatest(coalesce(max(standing_amount), 0), 0) + coalesce(sum(flowing_amount), 0)
        end as money_at_stake_amount
    from placed
    group by kind, family_id, resource_id, subject_id, run
    having not bool_and(is_negligible)
),
dated as (
    select
        runs.*,
        first_period.period_label as first_label,
        last_period.period_start as last_period_start,
        last_period.period_label as last_label
    from runs
    inner join dim_period as first_period using (period_start)
    inner join dim_period as last_period on first_period.periods_from_now + runs.periods - 1 = last_period.periods_from_now
),
told as (
    select
        kind,
        family_id,
        resource_id,
        subject_id,
        period_start,
        last_period_start,
        periods,
        concat(
            replace(wording, '{}', case when missing_value >= 10 then format('{:,.0f}', missing_value) else format('{:.2g}', missing_value) end),
            case when periods = 1 then concat(', in ', first_label) else concat(', from ', first_label, ' to ', last_label) end
        ) as sentence,
        money_at_stake_amount,
        owner,
        concat_ws('/', kind, family_id, resource_id, subject_id, first_label) as exception_id
    from dated
    union all
    select
        kind,
        family_id,
        resource_id,
        subject_id,
        null,
        null,
        null,
        sentence,
        money_at_stake_amount,
        owner,
        concat_ws('/', kind, family_id, resource_id, subject_id)
    from facts
),
-- the same trouble of the same thing, in periods that overlap, is the same exception from night to night
same as (
    select
        told.exception_id,
        last_night.exception_id as recorded_id,
        last_night.since
    from told
    inner join last_night
        on
            told.kind = last_night.kind
            and told.family_id is not distinct from last_night.family_id
            and told.resource_id is not distinct from last_night.resource_id
            and told.subject_id is not distinct from last_night.subject_id
            and coalesce(told.period_start <= last_night.last_period_start and told.last_period_start >= last_night.period_start, true)
),
begun as (
    select
        exception_id,
        min(since) as since
    from same
    group by exception_id
),
together as (
    select
        told.*,
        coalesce(begun.since, $as_of_date) as since,
        case when begun.since is null then 'new' else 'open' end as exception_status
    from told
    left join begun using (exception_id)
    union all
    select
        kind,
        family_id,
        resource_id,
        subject_id,
        period_start,
        last_period_start,
        periods,
        sentence,
        money_at_stake_amount,
        owner,
        exception_id,
        since,
        'gone'
    from last_night
    where exception_id not in (select recorded_id from same)
)
select
    (select period_label from dim_period where periods_from_now = 0)::varchar as cycle_id,
    'base'::varchar as scenario_id,
    row_number() over (
        order by exception_status = 'gone', money_at_stake_amount desc nulls last, period_start nulls last, kind, exception_id
    )::bigint as exception_rank,
    exception_id::varchar as exception_id,
    kind::varchar as kind,
    family_id::varchar as family_id,
    resource_id::varchar as resource_id,
    subject_id::varchar as subject_id,
    period_start::date as period_start,
    last_period_start::date as last_period_start,
    periods::bigint as periods,
    sentence::varchar as sentence,
    money_at_stake_amount::decimal(18, 2) as money_at_stake_amount,
    $reporting_currency::varchar as currency,
    owner::varchar as owner,
    since::date as since,
    exception_status::varchar as exception_status
from together
