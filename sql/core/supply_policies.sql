-- One row per family and planned period: the strategy that applies and its limits.
with supply_policies as (
    select
        * replace (coalesce(valid_from, date '1900-01-01') as valid_from)
    from staging.supply_policies
),

families as (
    select family_id from core.families
),

periods as (
    select
        *,
        greatest(period_start, cast($as_of_date as date)) as known_on
    from core.periods
    where periods_from_now >= 0
),

family_periods as (
    select
        families.family_id,
        periods.period_start,
        periods.known_on,
        periods.remaining_ratio
    from families
    cross join periods
)

select
    cast(family_periods.family_id as varchar) as family_id,
    cast(family_periods.period_start as date) as period_start,
    cast(supply_policies.strategy as varchar) as strategy,
    cast(supply_policies.minimum_production * family_periods.remaining_ratio as double) as minimum_production_quantity,
    cast(supply_policies.maximum_production * family_periods.remaining_ratio as double) as maximum_production_quantity,
    cast(supply_policies.subcontract_allowed as boolean) as is_subcontract_allowed,
    cast(supply_policies.maximum_backlog_quantity as double) as maximum_backlog_quantity,
    cast(supply_policies.lost_sales_allowed as boolean) as are_lost_sales_allowed
from family_periods
-- a row replaces the whole policy until the next one
asof join supply_policies on family_periods.family_id = supply_policies.family_id and family_periods.known_on >= supply_policies.valid_from
order by family_periods.family_id, family_periods.period_start
