-- One row per source row and rule it breaks; what earlier nights saw and this one does not stays as resolved.
with
quality_issues as (select * from staging.quality_issues),
extract_status as (select * from staging.extract_status),
recorded_issues as (select * from raw.recorded_issues),
keyed as (
    select
        *,
        md5(concat_ws(
            '|', extract, coalesce(source_file, ''), coalesce(source_line, -1), coalesce(column_name, ''), rule, coalesce(value, '')
        )) as issue_key
    from quality_issues
),
today as (
    select *
    from keyed
    qualify row_number() over (partition by issue_key order by hint, row_json) = 1
),
earlier as (
    select
        issue_key,
        any_value(extract order by as_of_date desc) as extract,
        any_value(source_file order by as_of_date desc) as source_file,
        any_value(source_line order by as_of_date desc) as source_line,
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
