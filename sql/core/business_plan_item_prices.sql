-- One row per item and period that the annual business plan states by item: the price it takes, in the reporting currency.
with plan_rows as (
    select * from core.business_plan_rows where plan_level = 'annual' and item_id is not null and quantity > 0 and revenue_amount is not null
),

business_plan as (
    select * from core.business_plan
)

select
    cast(plan_rows.item_id as varchar) as item_id,
    cast(business_plan.period_start as date) as period_start,
    cast(plan_rows.revenue_amount / plan_rows.quantity as double) as business_plan_price_amount
from business_plan
-- 13 weeks are not quite three months: a period belongs to a span if it begins at least two weeks before its end
inner join plan_rows
    on
        business_plan.business_plan_version = plan_rows.business_plan_version
        and business_plan.family_id = plan_rows.family_id
        and business_plan.period_start >= plan_rows.period_start
        and business_plan.period_start < plan_rows.span_end - 14
qualify row_number() over (
    partition by plan_rows.item_id, business_plan.period_start
    order by plan_rows.span_end - plan_rows.period_start, plan_rows.period_start desc
) = 1
order by plan_rows.item_id, business_plan.period_start
