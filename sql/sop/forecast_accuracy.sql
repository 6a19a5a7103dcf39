-- One row per family, step of the demand plan and lag; family * is the company in money.
with
family_backtest as (select * from forecast.family_backtest),
published_accuracy as (select * from forecast.published_accuracy),
family_history as (select * from core.family_history),
periods as (select * from core.periods),
measured as (
    select
        *,
        'published' as basis,
        observations >= 3 as is_enough
    from published_accuracy
    union all by name
    select
        *,
        'statistical' as step,
        'backtest' as basis,
        true as is_enough
    from family_backtest
),
-- a few published periods say less than a backtest; where there is none, they are all there is
chosen as (
    select *
    from measured
    qualify row_number() over (partition by family_id, step, lag_periods order by is_enough desc, basis desc) = 1
),
unit_values as (
    select
        family_history.family_id,
        sum(family_history.revenue_amount::decimal(38, 6))::double / nullif(sum(family_history.shipped_quantity::decimal(38, 6)), 0)::double
            as unit_value_amount
    from family_history
    inner join periods using (period_start)
    where periods.periods_from_now between -periods.season_length_periods and -1
    group by family_history.family_id
),
in_money as (
    select
        chosen.*,
        chosen.actual_quantity * unit_values.unit_value_amount as actual_amount,
        chosen.compared_quantity * unit_values.unit_value_amount as compared_amount
    from chosen
    inner join unit_values on chosen.family_id = unit_values.family_id and unit_values.unit_value_amount > 0
    where chosen.wape_ratio is not null
),
company as (
    select
        '*' as family_id,
        step,
        lag_periods,
        case when count(distinct basis) > 1 then 'mixed' else min(basis) end as basis,
        sum(observations) as observations,
        min(first_period_start) as first_period_start,
        max(last_period_start) as last_period_start,
        sum((wape_ratio * actual_amount)::decimal(38, 6))::double / nullif(sum(actual_amount::decimal(38, 6)), 0)::double as wape_ratio,
        sum((bias_ratio * actual_amount)::decimal(38, 6))::double / nullif(sum(actual_amount::decimal(38, 6)), 0)::double as bias_ratio,
        sum((naive_wape_ratio * compared_amount)::decimal(38, 6))::double
        / nullif(sum(case when naive_wape_ratio is not null then compared_amount end::decimal(38, 6)), 0)::double as naive_wape_ratio,
        sum((value_added_ratio * compared_amount)::decimal(38, 6))::double
        / nullif(sum(case when value_added_ratio is not null then compared_amount end::decimal(38, 6)), 0)::double as value_added_ratio,
        sum((value_added_over_before_ratio * actual_amount)::decimal(38, 6))::double
        / nullif(sum(case when value_added_over_before_ratio is not null then actual_amount end::decimal(38, 6)), 0)::double
            as value_added_over_before_ratio
    from in_money
    group by step, lag_periods
),
together as (
    select * exclude (is_enough, actual_quantity, compared_quantity, error_deviation_quantity) from chosen
    union all by name
    select * from company
)
select
    family_id::varchar as family_id,
    list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], step)::bigint as step_order,
    step::varchar as step,
    lag_periods::bigint as lag_periods,
    basis::varchar as basis,
    observations::bigint as observations,
    first_period_start::date as first_period_start,
    last_period_start::date as last_period_start,
    wape_ratio::double as wape_ratio,
    bias_ratio::double as bias_ratio,
    mase_ratio::double as mase_ratio,
    tracking_signal::double as tracking_signal,
    naive_wape_ratio::double as seasonal_naive_wape_ratio,
    value_added_ratio::double as value_added_over_seasonal_naive_ratio,
    value_added_over_before_ratio::double as value_added_over_step_before_ratio
from together
