-- One row per decision: those of the extract, and those it no longer names though they were never closed.
with
sent as (select * from staging.decisions where raised_on <= $as_of_date),
recorded_decisions as (select * from raw.recorded_decisions),
carried as (
    select *
    from recorded_decisions
    where
        as_of_date = (select max(as_of_date) from recorded_decisions)
        and decision_status in ('proposed', 'decided')
        and decision_id not in (select decision_id from sent)
),
together as (
    select
        decision_id,
        nullif(family_id, '*') as family_id,
        raised_on,
        text,
        owner,
        due_date,
        decision_status,
        $as_of_date as last_sent_on
    from sent
    union all
    select
        decision_id,
        family_id,
        raised_on,
        text,
        owner,
        due_date,
        decision_status,
        last_sent_on
    from carried
)
select
    decision_id::varchar as decision_id,
    family_id::varchar as family_id,
    raised_on::date as raised_on,
    text::varchar as text,
    owner::varchar as owner,
    due_date::date as due_date,
    decision_status::varchar as decision_status,
    (decision_status in ('done', 'dropped'))::boolean as is_closed,
    (decision_status in ('proposed', 'decided') and coalesce(due_date < $as_of_date, false))::boolean as is_overdue,
    last_sent_on::date as last_sent_on
from together
