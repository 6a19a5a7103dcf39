-- One row per market assumption: those of the extract, and those it no longer names though they were never closed.
with
sent as (select * from staging.market_assumptions),
recorded_assumptions as (select * from raw.recorded_assumptions),
dim_period as (select * from sop.dim_period),
this_period as (select period_start from dim_period where periods_from_now = 0),
carried as (
    select *
    from recorded_assumptions
    where
        as_of_date = (select max(as_of_date) from recorded_assumptions)
        and assumption_status in ('open', 'confirmed')
        and period_to >= (select period_start from this_period)
        and assumption_id not in (select assumption_id from sent)
),
together as (
    select
        assumption_id,
        nullif(family_id, '*') as family_id,
        statement,
        period_from,
        period_to,
        effect_ratio,
        probability,
        owner,
        assumption_status,
        $as_of_date as last_sent_on
    from sent
    union all
    select
        assumption_id,
        family_id,
        statement,
        period_from,
        period_to,
        effect_ratio,
        probability,
        owner,
        assumption_status,
        last_sent_on
    from carried
)
select
    assumption_id::varchar as assumption_id,
    family_id::varchar as family_id,
    statement::varchar as statement,
    period_from::date as period_from,
    period_to::date as period_to,
    effect_ratio::double as effect_ratio,
    probability::double as probability,
    owner::varchar as owner,
    assumption_status::varchar as assumption_status,
    (assumption_status in ('broken', 'expired') or period_to < (select period_start from this_period))::boolean as is_closed,
    last_sent_on::date as last_sent_on
from together
