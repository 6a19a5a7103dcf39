-- One row per family, dimension (region, channel), segment of it and planned period: its share of the statistical forecast.
with
segment_forecast as (select * from forecast.segment_forecast),
families as (select * from core.families),
periods as (select * from core.periods where period_kind in ('current', 'horizon'))
select
    segment_forecast.family_id::varchar as family_id,
    segment_forecast.dimension::varchar as dimension,
    segment_forecast.segment::varchar as segment,
    segment_forecast.period_start::date as period_start,
    families.planning_unit::varchar as planning_unit,
    segment_forecast.statistical_quantity::double as statistical_quantity,
    segment_forecast.statistical_lower_quantity::double as statistical_lower_quantity,
    segment_forecast.statistical_upper_quantity::double as statistical_upper_quantity
from segment_forecast
inner join families on segment_forecast.family_id = families.family_id
inner join periods on segment_forecast.period_start = periods.period_start
