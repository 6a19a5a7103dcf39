-- One row per source row and rule it breaks; what earlier nights saw and this one does not stays as resolved.
with
quality_issues as (select * from staging.quality_issues),
extract_status as (select * from staging.extract_status),
recorded_issues as (select * from raw.recorded_issues),
told_once as (
    select
        *,
        -- the next export has the row in another file and on another line; its own key stays
        coalesce(row_key, if(source_line is null, null, value), concat_ws('|', source_file, value), '') as named_by
    from quality_issues
    qualify row_number() over (partition by extract, source_file, source_line, column_name, rule, value order by hint, row_json) = 1
),
numbered as (
    select
        *,
        row_number() over (partition by extract, rule, column_name, named_by order by source_file, source_line, value) as place
    from told_once
),
today as (
    select
        *,
        md5(concat_ws('|', extract, rule, coalesce(column_name, ''), place, named_by)) as issue_key
    from numbered
),
earlier as (
    select
        issue_key,
        any_value(extract order by as_of_date desc) as extract,
        any_value(source_file order by as_of_date desc) as source_file,
        any_value(source_line order by as_of_date desc) as source_line,
        arg_max_null(source_cell, as_of_date) as source_cell,
        any_value(column_name order by as_of_date desc) as column_name,
        any_value(value order by as_of_date desc) as value,
        any_value(rule order by as_of_date desc) as rule,
        any_value(severity order by as_of_date desc) as severity,
        any_value(hint order by as_of_date desc) as hint,
        any_value(quantity order by as_of_date desc) as quantity,
        any_value(value_amount order by as_of_date desc) as value_amount,
        any_value(currency order by as_of_date desc) as currency,
        min(as_of_date) as first_seen,
        max(as_of_date) as last_seen
    from recorded_issues
    where as_of_date < $as_of_date
    group by issue_key
),
together as (
    select
        today.issue_key,
        today.extract,
        today.source_file,
        today.source_line,
        today.source_cell,
        today.column_name,
        today.value,
        today.rule,
        today.severity,
        today.hint,
        today.quantity,
        today.value_amount,
        today.currency,
        coalesce(earlier.first_seen, $as_of_date) as first_seen,
        $as_of_date as last_seen,
        false as is_resolved
    from today
    left join earlier using (issue_key)
    union all
    select
        *,
        true as is_resolved
    from earlier
    where issue_key not in (select issue_key from today)
)
select
    together.issue_key::varchar as issue_key,
    together.extract::varchar as extract,
    extract_status.department::varchar as department,
    extract_status.owner::varchar as owner,
    together.source_file::varchar as source_file,
    together.source_line::bigint as source_line,
    together.source_cell::varchar as source_cell,
    together.column_name::varchar as column_name,
    together.value::varchar as value,
    together.rule::varchar as rule,
    together.severity::varchar as severity,
    together.hint::varchar as hint,
    together.quantity::double as quantity,
    together.value_amount::decimal(18, 2) as value_amount,
    together.currency::varchar as currency,
    together.first_seen::date as first_seen,
    together.last_seen::date as last_seen,
    together.is_resolved::boolean as is_resolved
from together
inner join extract_status using (extract)
