-- One row per item with several routings whose shares do not sum to 1.
-- severity: warning
-- owner: team:engineering
-- column: share_ratio
-- hint: Correct share_ratio; one routing counts once, on whichever operation it is given.
with routings as (
    select * from staging.routings
),

shares as (
    select
        item_id,
        routing_id,
        min(source_line) as source_line,
        min_by(source_file, source_line) as source_file,
        max(share_ratio) as share_ratio
    from routings
    group by item_id, routing_id
),

totals as (
    select
        item_id,
        min(source_line) as source_line,
        min_by(source_file, source_line) as source_file,
        sum(cast(share_ratio as decimal(38, 6))) as total
    from shares
    group by item_id
    having count(*) > 1 and count(share_ratio) > 0
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(total as varchar) as value
from totals
where abs(total - 1) > 0.001
