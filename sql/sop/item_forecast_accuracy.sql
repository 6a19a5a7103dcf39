-- One row per item, step of the demand plan and lag.
with
item_backtest as (select * from forecast.item_backtest),
published_item_accuracy as (select * from forecast.published_item_accuracy),
items as (select * from core.items),
measured as (
    select
        *,
        'published' as basis,
        observations >= 3 as is_enough
    from published_item_accuracy
    union all by name
    select
        *,
        'statistical' as step,
        'backtest' as basis,
        true as is_enough
    from item_backtest
),
-- a few published periods say less than a backtest; where there is none, they are all there is
chosen as (
    select *
    from measured
    qualify row_number() over (partition by item_id, step, lag_periods order by is_enough desc, basis desc) = 1
)
select
    chosen.item_id::varchar as item_id,
    chosen.family_id::varchar as family_id,
    list_position(['statistical', 'marketing', 'sales', 'finance', 'demand_review', 'executive'], chosen.step)::bigint as step_order,
    chosen.step::varchar as step,
    chosen.lag_periods::bigint as lag_periods,
    chosen.basis::varchar as basis,
    items.unit_of_measure::varchar as unit_of_measure,
    chosen.observations::bigint as observations,
    chosen.wape_ratio::double as wape_ratio,
    chosen.bias_ratio::double as bias_ratio,
    chosen.mase_ratio::double as mase_ratio,
    chosen.tracking_signal::double as tracking_signal,
    chosen.naive_wape_ratio::double as seasonal_naive_wape_ratio,
    chosen.value_added_ratio::double as value_added_over_seasonal_naive_ratio,
    chosen.value_added_over_before_ratio::double as value_added_over_step_before_ratio
from chosen
inner join items on chosen.item_id = items.item_id
