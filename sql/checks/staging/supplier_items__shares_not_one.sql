-- One row per item whose shares by supplier do not sum to 1.
-- severity: warning
-- owner: team:supply_chain
-- column: share_ratio
-- hint: Correct share_ratio of the suppliers of the item.
with supplier_items as (
    select * from staging.supplier_items
),

-- of several rows of a supplier the latest that holds counts
current_rows as (
    select *
    from supplier_items
    where valid_from is null or valid_from <= $as_of_date
    qualify row_number() over (partition by item_id, supplier_id order by valid_from desc nulls last) = 1
),

totals as (
    select
        item_id,
        min(source_line) as source_line,
        min_by(source_file, source_line) as source_file,
        sum(cast(share_ratio as decimal(38, 6))) as total
    from current_rows
    where share_ratio is not null
    group by item_id
)

select
    cast(source_file as varchar) as source_file,
    cast(source_line as bigint) as source_line,
    cast(total as varchar) as value
from totals
where abs(total - 1) > 0.001
