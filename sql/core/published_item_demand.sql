-- One row per item, closed period of the last season, lag and step: what the version of that many cycles before said of it.
with periods as (
    select * from core.periods
),

items as (
    select item_id, family_id from core.items where family_id is not null
),

recorded_item_demand as (
    select * from raw.recorded_item_demand where quantity is not null and as_of_date < $as_of_date and recorded_on <= $as_of_date
),

-- a version made after the period began is no forecast of it
lagged as (
    select
        recorded_item_demand.*,
        items.family_id,
        targets.periods_from_now,
        targets.periods_from_now - cycles.periods_from_now as lag_periods
    from recorded_item_demand
    inner join items on recorded_item_demand.item_id = items.item_id
    inner join periods as targets on recorded_item_demand.period_start = targets.period_start
    inner join periods as cycles on recorded_item_demand.cycle_id = cycles.period_label
    where
        targets.periods_from_now between -targets.season_length_periods and -1
        and targets.periods_from_now - cycles.periods_from_now between 1 and 3
        and recorded_item_demand.recorded_on < recorded_item_demand.period_start
)

select
    cast(item_id as varchar) as item_id,
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(periods_from_now as bigint) as periods_from_now,
    cast(lag_periods as bigint) as lag_periods,
    cast(step as varchar) as step,
    cast(quantity as double) as quantity,
    cast(record_kind as varchar) as record_kind,
    cast(recorded_on as date) as recorded_on
from lagged
-- the approved version, else the frozen one, else the last night
qualify row_number() over (
    partition by item_id, period_start, lag_periods, step
    order by list_position(['approved', 'frozen', 'night'], record_kind), recorded_on desc, as_of_date desc
) = 1
order by item_id, period_start, lag_periods, list_position(['statistical', 'demand_review', 'executive'], step)
