-- One row per department: which of its rows wait to be mended, and how many it mended.
with
quality_issues as (
    select
        *,
        coalesce(source_file || ':' || source_line, issue_key) as row_place
    from sop.quality_issues
    where severity <> 'info'
),
departments as (
    select
        department,
        string_agg(distinct owner, ', ' order by owner) as owner,
        count(*) filter (where load_status = 'stale') as extracts_stale
    from sop.extract_status
    group by department
),
last_rates as (
    select
        currency,
        rate
    from core.exchange_rates
    where rate_type = 'actual'
    qualify row_number() over (partition by currency order by valid_from desc) = 1
),
open_rows as (
    -- a row that breaks two rules is one row, and its quantity and money are the whole row's
    select
        department,
        extract,
        row_place,
        bool_or(severity in ('error', 'stop')) as is_set_aside,
        max(abs(quantity)) as quantity,
        max(abs(value_amount)) as value_amount,
        max(currency) as currency,
        min(first_seen) as first_seen,
        arg_min(extract || ': ' || rule || coalesce(' ' || source_file || ':' || source_line, ''), (first_seen, rule)) as issue
    from quality_issues
    where not is_resolved
    group by department, extract, row_place
),
open_by_department as (
    select
        department,
        count(*) as rows_open,
        count(*) filter (where is_set_aside) as rows_set_aside,
        sum(quantity::decimal(38, 6)) as quantity_affected,
        sum((value_amount * rate)::decimal(38, 6)) as value_affected_amount,
        count(*) filter (where value_amount * rate is null) as rows_without_value,
        min(first_seen) as oldest_first_seen,
        arg_min(issue, (first_seen, issue)) as oldest_issue
    from open_rows
    left join last_rates using (currency)
    group by department
),
resolved_by_department as (
    select
        department,
        count(distinct (extract, row_place)) as rows_resolved
    from quality_issues
    where is_resolved
    group by department
)
select
    departments.department::varchar as department,
    departments.owner::varchar as owner,
    departments.extracts_stale::bigint as extracts_stale,
    coalesce(open_by_department.rows_open, 0)::bigint as rows_open,
    coalesce(open_by_department.rows_set_aside, 0)::bigint as rows_set_aside,
    coalesce(resolved_by_department.rows_resolved, 0)::bigint as rows_resolved,
    open_by_department.quantity_affected::double as quantity_affected,
    open_by_department.value_affected_amount::decimal(18, 2) as value_affected_amount,
    ($reporting_currency)::varchar as currency,
    coalesce(open_by_department.rows_without_value, 0)::bigint as rows_without_value,
    open_by_department.oldest_first_seen::date as oldest_first_seen,
    ($as_of_date::date - open_by_department.oldest_first_seen)::bigint as oldest_days_open,
    open_by_department.oldest_issue::varchar as oldest_issue
from departments
left join open_by_department using (department)
left join resolved_by_department using (department)
order by departments.department
