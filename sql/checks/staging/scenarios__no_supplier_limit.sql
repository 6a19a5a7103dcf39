-- One row per scenario line that changes what suppliers can deliver where no limit of a supplier is known in its periods.
-- severity: warning
-- owner: team:planning
-- column: measure
-- hint: Send the limit with supplier_capacity, or leave out the line: it changes nothing.
with scenarios as (
    select * from staging.scenarios
),

supplier_capacity as (
    select * from staging.supplier_capacity
)

select
    cast(scenarios.source_file as varchar) as source_file,
    cast(scenarios.source_line as bigint) as source_line,
    cast(scenarios.measure as varchar) as value
from scenarios
where
    scenarios.measure = 'supplier_capacity'
    and not exists (
        select 1
        from supplier_capacity
        where
            supplier_capacity.period_start >= coalesce(scenarios.period_from, supplier_capacity.period_start)
            and supplier_capacity.period_start <= coalesce(scenarios.period_to, supplier_capacity.period_start)
    )
