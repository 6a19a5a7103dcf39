-- One row per family and validity date whose variants do not sum to 1.
-- severity: warning
-- owner: team:engineering
-- column: mix_ratio
-- hint: Correct mix_ratio of the variants.
with planning_bills as (
    select * from staging.planning_bills
),

totals as (
    select
        family_id,
        valid_from,
        min(source_line) as source_line,
        min_by(source_file, source_line) as source_file,
        sum(cast(mix_ratio as decimal(38, 6))) as total
    from planning_bills
    where kind = 'variant'
    group by family_id, valid_from
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(total as varchar) as value
from totals
where abs(total - 1) > 0.001
