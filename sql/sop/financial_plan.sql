-- One row per cycle, scenario, plan version, family and period: the plan in money, the business plan beside it, and the gap by its causes.
with
balance as (select * from sop.supply_demand_balance),
business_plan as (select * from core.business_plan),
-- where the business plan ends there is no gap; where only this family is missing from it, all is gap
budgeted_periods as (select distinct period_start from business_plan),
sums as (
    select
        balance.*,
        business_plan.family_id is null and budgeted_periods.period_start is not null as is_not_budgeted,
        business_plan.business_plan_revenue_amount - business_plan.business_plan_margin_amount as business_plan_cost_amount,
        business_plan.business_plan_margin_amount,
        business_plan.business_plan_inventory_value_amount,
        -- what this quantity would have brought and cost at the prices and costs of the business plan
        business_plan.business_plan_revenue_amount / nullif(business_plan.business_plan_quantity, 0) * balance.shipped_quantity as flexed_revenue,
        business_plan_cost_amount / nullif(business_plan.business_plan_quantity, 0) * balance.shipped_quantity as flexed_cost
    from balance
    left join business_plan using (family_id, period_start)
    left join budgeted_periods using (period_start)
),
rounded as (
    select
        *,
        business_plan_margin_amount::decimal(18, 2) as plan_margin,
        business_plan_inventory_value_amount::decimal(18, 2) as plan_inventory,
        revenue_amount - case when is_not_budgeted then 0 else business_plan_revenue_amount end as revenue_gap,
        margin_amount - case when is_not_budgeted then 0 else plan_margin end as margin_gap,
        (flexed_revenue - business_plan_revenue_amount)::decimal(18, 2) as volume,
        (revenue_budget_rate_amount - flexed_revenue)::decimal(18, 2) as price_and_mix,
        (revenue_amount - revenue_budget_rate_amount)::decimal(18, 2) as exchange_rate,
        (flexed_revenue - flexed_cost - business_plan_revenue_amount + business_plan_cost_amount)::decimal(18, 2) as volume_margin,
        (flexed_cost - cost_of_sales_amount)::decimal(18, 2) as cost,
        volume is not null and price_and_mix is not null and exchange_rate is not null as is_revenue_split,
        is_revenue_split and volume_margin is not null and cost is not null as is_margin_split
    from sums
),
-- cents that rounding leaves over go to the largest part
settled as (
    select
        *,
        revenue_gap - volume - price_and_mix - exchange_rate as revenue_cents,
        margin_gap - volume_margin - price_and_mix - exchange_rate - cost as margin_cents,
        greatest(abs(volume), abs(price_and_mix), abs(exchange_rate)) as largest_of_revenue,
        greatest(abs(volume_margin), abs(price_and_mix), abs(exchange_rate), abs(cost)) as largest_of_margin,
        case
            when largest_of_revenue = abs(volume) then 'volume'
            when largest_of_revenue = abs(price_and_mix) then 'price_and_mix'
            else 'exchange_rate'
        end as takes_revenue_cents,
        case
            when largest_of_margin = abs(volume_margin) then 'volume'
            when largest_of_margin = abs(price_and_mix) then 'price_and_mix'
            when largest_of_margin = abs(exchange_rate) then 'exchange_rate'
            else 'cost'
        end as takes_margin_cents
    from rounded
)
select
    cycle_id::varchar as cycle_id,
    scenario_id::varchar as scenario_id,
    plan_version::varchar as plan_version,
    family_id::varchar as family_id,
    period_start::date as period_start,
    period_kind::varchar as period_kind,
    currency::varchar as currency,
    revenue_amount::decimal(18, 2) as revenue_amount,
    revenue_budget_rate_amount::decimal(18, 2) as revenue_budget_rate_amount,
    cost_of_sales_amount::decimal(18, 2) as cost_of_sales_amount,
    margin_amount::decimal(18, 2) as margin_amount,
    (margin_amount::double / nullif(revenue_amount, 0)::double)::double as margin_ratio,
    inventory_value_amount::decimal(18, 2) as inventory_value_amount,
    business_plan_revenue_amount::decimal(18, 2) as business_plan_revenue_amount,
    (business_plan_revenue_amount - plan_margin)::decimal(18, 2) as business_plan_cost_of_sales_amount,
    plan_margin::decimal(18, 2) as business_plan_margin_amount,
    plan_inventory::decimal(18, 2) as business_plan_inventory_value_amount,
    revenue_gap::decimal(18, 2) as revenue_gap_amount,
    case when is_revenue_split then volume + case takes_revenue_cents when 'volume' then revenue_cents else 0 end end::decimal(18, 2)
        as revenue_gap_volume_amount,
    case when is_revenue_split then price_and_mix + case takes_revenue_cents when 'price_and_mix' then revenue_cents else 0 end end::decimal(18, 2)
        as revenue_gap_price_and_mix_amount,
    case when is_revenue_split then exchange_rate + case takes_revenue_cents when 'exchange_rate' then revenue_cents else 0 end end::decimal(18, 2)
        as revenue_gap_exchange_rate_amount,
    case when not is_revenue_split then revenue_gap end::decimal(18, 2) as revenue_gap_not_budgeted_amount,
    margin_gap::decimal(18, 2) as margin_gap_amount,
    case when is_margin_split then volume_margin + case takes_margin_cents when 'volume' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_volume_amount,
    case when is_margin_split then price_and_mix + case takes_margin_cents when 'price_and_mix' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_price_and_mix_amount,
    case when is_margin_split then exchange_rate + case takes_margin_cents when 'exchange_rate' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_exchange_rate_amount,
    case when is_margin_split then cost + case takes_margin_cents when 'cost' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_cost_amount,
    case when not is_margin_split then margin_gap end::decimal(18, 2) as margin_gap_not_budgeted_amount,
    (inventory_value_amount - plan_inventory)::decimal(18, 2) as inventory_value_gap_amount
from settled
