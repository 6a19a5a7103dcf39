-- One row per standard cost more than a million times, or less than a millionth of, what the items usually cost.
-- severity: warning
-- owner: team:finance
-- column: total_cost
-- hint: Correct total_cost, per_quantity or the unit; beside such a cost the plan cannot weigh the others.
with standard_costs as (
    select
        *,
        cast(total_cost as double) / cast(per_quantity as double) as unit_cost
    from staging.standard_costs
),

usual as (
    select median(unit_cost) as unit_cost from standard_costs
)

select
    cast(standard_costs.source_file as varchar) as source_file,
    cast(standard_costs.source_line as bigint) as source_line,
    cast(standard_costs.total_cost as varchar) as value
from standard_costs
cross join usual
where standard_costs.unit_cost not between usual.unit_cost / 1e6 and usual.unit_cost * 1e6
