-- One row per critical resource that families or their stock use and whose capacity is not known through the horizon.
-- severity: warning
-- owner: team:production
-- hint: Give it hours_per_day, a store number_of_units, or its periods in resource_capacity, a quota in supplier_capacity; no limit until then.
with periods as (
    select period_start from core.periods where period_kind in ('current', 'horizon')
),

resources as (
    select resource_id from core.resources where is_critical
),

-- stock takes stores and working capital without any bill that names them
used as (
    select resource_id from core.family_resources
    union
    select resource_id from core.resources where is_stock_based
),

resource_capacity as (
    select
        resource_id,
        period_start
    from core.resource_capacity
)

select
    cast(resources.resource_id as varchar) as resource_id,
    cast(min(periods.period_start) as date) as first_period,
    cast(count(*) as bigint) as periods_without_capacity
from resources
inner join used using (resource_id)
cross join periods
anti join resource_capacity on resources.resource_id = resource_capacity.resource_id and periods.period_start = resource_capacity.period_start
group by resources.resource_id
order by resources.resource_id
