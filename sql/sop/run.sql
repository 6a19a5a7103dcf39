-- One row: the night that published this file.
with
periods as (select * from core.periods),
extract_status as (select * from staging.extract_status)
select
    $run_id::varchar as run_id,
    $company::varchar as company,
    $as_of_date::date as as_of_date,
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    $started_at_utc::timestamp as started_at_utc,
    $finished_at_utc::timestamp as finished_at_utc,
    $code_version::varchar as code_version,
    $schema_version::varchar as schema_version,
    md5($settings_digest || $record_digest || string_agg(extract || ':' || coalesce(fingerprint, ''), ',' order by extract))::varchar
        as input_digest,
    case when bool_or(status = 'stale') then 'complete_with_stale_extracts' else 'complete' end::varchar as run_status
from extract_status
