-- One row per extract the pipeline knows.
with
extract_status as (select * from staging.extract_status),
quality_issues as (select * from staging.quality_issues),
rejected_rows as (
    select
        extract,
        source_file,
        source_line,
        max(quantity) as quantity,
        max(value_amount) as value_amount
    from quality_issues
    where severity = 'error' and source_line is not null
    group by all
),
rejected as (
    select
        extract,
        sum(quantity::decimal(38, 6)) as quantity_rejected,
        sum(value_amount::decimal(38, 6)) as value_rejected_amount
    from rejected_rows
    group by extract
)
select
    extract_status.extract::varchar as extract,
    extract_status.department::varchar as department,
    extract_status.owner::varchar as owner,
    extract_status.is_required::boolean as is_required,
    extract_status.status::varchar as load_status,
    nullif(extract_status.reason, '')::varchar as reason,
    nullif(extract_status.files, '')::varchar as files,
    extract_status.rows_read::bigint as rows_read,
    extract_status.rows_accepted::bigint as rows_accepted,
    extract_status.rows_rejected::bigint as rows_rejected,
    extract_status.rows_repeated::bigint as rows_repeated,
    extract_status.rows_after_as_of::bigint as rows_after_as_of,
    rejected.quantity_rejected::double as quantity_rejected,
    rejected.value_rejected_amount::decimal(18, 2) as value_rejected_amount,
    extract_status.last_good_load_at::timestamp as last_good_load_at_utc,
    extract_status.hours_since_landed::double as hours_since_landed,
    nullif(extract_status.next_step, '')::varchar as next_step
from extract_status
left join rejected using (extract)
