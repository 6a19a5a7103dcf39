-- One row per cycle, scenario and weight of stability, every family on hybrid: what steadier production costs the company.
with
periods as (select * from core.periods),
stability_curve as (select * from plan.stability_curve)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    stability_weight::double as stability_weight,
    rate_change_ratio::double as rate_change_ratio,
    $reporting_currency::varchar as currency,
    total_cost_amount::decimal(18, 2) as total_cost_amount,
    cost_over_least_ratio::double as cost_over_least_ratio
from stability_curve
