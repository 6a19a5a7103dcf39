-- One row per author, family, step of the demand plan, lag and basis.
with
author_accuracy as (select * from forecast.author_accuracy)
select
    author::varchar as author,
    family_id::varchar as family_id,
    list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], step)::bigint as step_order,
    step::varchar as step,
    lag_periods::bigint as lag_periods,
    basis::varchar as basis,
    observations::bigint as observations,
    wape_ratio::double as wape_ratio,
    bias_ratio::double as bias_ratio,
    tracking_signal::double as tracking_signal,
    naive_wape_ratio::double as seasonal_naive_wape_ratio,
    value_added_ratio::double as value_added_over_seasonal_naive_ratio,
    value_added_over_before_ratio::double as value_added_over_step_before_ratio
from author_accuracy
