-- One row per item with a standard cost and period: cost of one item unit, in the reporting currency.
with standard_costs as (
    select * from staging.standard_costs
),

-- the cost of a period is the one that holds on its first day, of the current period the one that holds today;
-- amounts of the current period and later are at the last actual rate before the as-of date
periods as (
    select
        period_start,
        case when periods_from_now = 0 then cast($as_of_date as date) else period_start end as cost_date,
        case when periods_from_now < 0 then period_start else cast($as_of_date as date) - 1 end as rate_date
    from core.periods
),

items as (
    select item_id from core.items
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

costed_items as (
    select distinct item_id from standard_costs inner join items using (item_id)
),

item_periods as (
    select
        costed_items.item_id,
        periods.*
    from costed_items
    cross join periods
),

costed as (
    select
        item_periods.item_id,
        item_periods.period_start,
        item_periods.rate_date,
        standard_costs.currency,
        standard_costs.total_cost / standard_costs.per_quantity as total_cost,
        standard_costs.material_cost / standard_costs.per_quantity as material_cost,
        standard_costs.labour_cost / standard_costs.per_quantity as labour_cost,
        standard_costs.overhead_cost / standard_costs.per_quantity as overhead_cost
    from item_periods
    asof join standard_costs on item_periods.item_id = standard_costs.item_id and item_periods.cost_date >= standard_costs.valid_from
)

select
    cast(costed.item_id as varchar) as item_id,
    cast(costed.period_start as date) as period_start,
    cast(costed.total_cost * actual_rates.rate as double) as total_cost_amount,
    cast(costed.material_cost * actual_rates.rate as double) as material_cost_amount,
    cast(costed.labour_cost * actual_rates.rate as double) as labour_cost_amount,
    cast(costed.overhead_cost * actual_rates.rate as double) as overhead_cost_amount
from costed
asof join actual_rates on costed.currency = actual_rates.currency and costed.rate_date >= actual_rates.valid_from
order by costed.item_id, costed.period_start
