-- One row per promotion, item or family and period it touches; ideas and cancelled ones left out.
with promotions as (
    select
        *,
        coalesce(nullif(item_id, '*'), '') as promoted_item_id,
        nullif(family_id, '*') as promoted_family_id
    from staging.promotions
    where promotion_status in ('planned', 'committed')
),

items as (
    select * from core.items where family_id is not null
),

families as (
    select family_id from core.families
),

periods as (
    select * from core.periods
),

touched as (
    select
        promotions.*,
        coalesce(items.family_id, families.family_id) as planned_family_id,
        periods.period_start,
        periods.period_end - periods.period_start + 1 as period_days,
        promotions.end_date - promotions.start_date + 1 as promotion_days,
        least(promotions.end_date, periods.period_end) - greatest(promotions.start_date, periods.period_start) + 1 as common_days
    from promotions
    left join items on promotions.promoted_item_id = items.item_id
    left join families on promotions.promoted_family_id = families.family_id
    inner join periods on promotions.start_date <= periods.period_end and promotions.end_date >= periods.period_start
)

select
    cast(promotion_id as varchar) as promotion_id,
    cast(planned_family_id as varchar) as family_id,
    cast(promoted_item_id as varchar) as item_id,
    cast(period_start as date) as period_start,
    cast(promotion_status as varchar) as promotion_status,
    cast(common_days / period_days as double) as day_share_ratio,
    cast(common_days / promotion_days as double) as promotion_share_ratio,
    cast(uplift_ratio as double) as uplift_ratio,
    cast(uplift_quantity as double) as uplift_quantity,
    cast(pull_forward_ratio as double) as pull_forward_ratio
from touched
where planned_family_id is not null
order by promotion_id, family_id, item_id, period_start
