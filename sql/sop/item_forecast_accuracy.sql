-- One row per item, step of the demand plan and lag.
with
item_backtest as (select * from forecast.item_backtest),
items as (select * from core.items)
select
    item_backtest.item_id::varchar as item_id,
    item_backtest.family_id::varchar as family_id,
    1::bigint as step_order,
    'statistical'::varchar as step,
    item_backtest.lag_periods::bigint as lag_periods,
    'backtest'::varchar as basis,
    items.unit_of_measure::varchar as unit_of_measure,
    item_backtest.observations::bigint as observations,
    item_backtest.wape_ratio::double as wape_ratio,
    item_backtest.bias_ratio::double as bias_ratio,
    item_backtest.mase_ratio::double as mase_ratio,
    item_backtest.tracking_signal::double as tracking_signal,
    item_backtest.naive_wape_ratio::double as seasonal_naive_wape_ratio,
    item_backtest.value_added_ratio::double as value_added_over_seasonal_naive_ratio,
    null::double as value_added_over_step_before_ratio
from item_backtest
inner join items on item_backtest.item_id = items.item_id
