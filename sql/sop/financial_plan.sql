-- One row per cycle, scenario, plan version, family and period: the plan in money, the business plan beside it, and the gap by its causes.
with
balance as (select * from sop.supply_demand_balance),
business_plan as (select * from core.business_plan),
family_supply as (select * from plan.family_supply where strategy = 'planned'),
family_money as (select * from plan.family_money),
workforce_plan as (select * from plan.workforce_plan where strategy = 'planned'),
regular_wages as (select * from core.planning_costs where cost_type = 'regular_wage_per_hour'),
-- standard costs hold regular wages: only what overtime costs beyond them comes on top
crew_costs as (
    select
        workforce_plan.scenario_id,
        workforce_plan.period_start,
        sum(workforce_plan.overtime_cost_amount::decimal(38, 6)) as overtime_cost,
        sum(
            (
                case when workforce_plan.overtime_cost_amount > 0 then workforce_plan.overtime_hours else 0 end
                * coalesce(own.cost_value, company.cost_value, 0)
            )::decimal(38, 6)
        ) as overtime_at_regular_wage,
        sum(workforce_plan.hiring_cost_amount::decimal(38, 6))::decimal(18, 2) as hiring_cost,
        sum(workforce_plan.layoff_cost_amount::decimal(38, 6))::decimal(18, 2) as layoff_cost
    from workforce_plan
    left join regular_wages as own
        on workforce_plan.period_start = own.period_start and own.scope = 'resource' and workforce_plan.resource_id = own.scope_id
    left join regular_wages as company on workforce_plan.period_start = company.period_start and company.scope = 'company'
    group by workforce_plan.scenario_id, workforce_plan.period_start
),
supplied as (
    select
        family_supply.scenario_id,
        family_supply.family_id,
        family_supply.period_start,
        sum(family_supply.overtime_cost_amount::decimal(38, 6)) as overtime_cost,
        coalesce(sum(family_supply.labour_cost_amount::decimal(38, 6)), 0) as labour_cost,
        sum(
            case
                when family_supply.source_kind = 'subcontract'
                    then (family_supply.supply_cost_amount - family_supply.quantity * family_money.unit_cost_amount)::decimal(38, 6)
            end
        ) as subcontract_premium
    from family_supply
    left join family_money using (scenario_id, family_id, period_start)
    group by family_supply.scenario_id, family_supply.family_id, family_supply.period_start
),
-- what crews cost is shared to families by the wages of their hours; the largest share takes the cents left over
shared as (
    select
        supplied.*,
        greatest(1 - crew_costs.overtime_at_regular_wage::double / nullif(crew_costs.overtime_cost, 0)::double, 0) as premium_ratio,
        supplied.labour_cost::double / nullif(sum(supplied.labour_cost) over crews, 0)::double as share_ratio,
        (crew_costs.hiring_cost * share_ratio)::decimal(18, 2) as hiring_share,
        (crew_costs.layoff_cost * share_ratio)::decimal(18, 2) as layoff_share,
        case when row_number() over (crews order by supplied.labour_cost desc, supplied.family_id) = 1 then crew_costs.hiring_cost end as all_hiring,
        case when all_hiring is not null then crew_costs.layoff_cost end as all_layoff
    from supplied
    inner join crew_costs using (scenario_id, period_start)
    window crews as (partition by supplied.scenario_id, supplied.period_start)
),
premiums as (
    select
        scenario_id,
        family_id,
        period_start,
        (overtime_cost::double * coalesce(premium_ratio, 1))::decimal(18, 2) as overtime_premium,
        subcontract_premium::decimal(18, 2) as subcontract_premium,
        hiring_share + coalesce(all_hiring - sum(hiring_share) over crews, 0) as hire_premium,
        layoff_share + coalesce(all_layoff - sum(layoff_share) over crews, 0) as layoff_premium
    from shared
    window crews as (partition by scenario_id, period_start)
),
-- where the business plan ends there is no gap; where only this family is missing from it, all is gap
budgeted_periods as (select distinct period_start from business_plan),
sums as (
    select
        balance.*,
        premiums.* exclude (scenario_id, family_id, period_start),
        business_plan.family_id is null and budgeted_periods.period_start is not null as is_not_budgeted,
        business_plan.business_plan_revenue_amount - business_plan.business_plan_margin_amount as business_plan_cost_amount,
        business_plan.business_plan_margin_amount,
        business_plan.business_plan_inventory_value_amount,
        -- what this quantity would have brought and cost at the prices and costs of the business plan
        business_plan.business_plan_revenue_amount / nullif(business_plan.business_plan_quantity, 0) * balance.shipped_quantity as flexed_revenue,
        business_plan_cost_amount / nullif(business_plan.business_plan_quantity, 0) * balance.shipped_quantity as flexed_cost,
        -- and at the prices it has for each item, in the mix of this plan; of an older version the mix is not kept
        family_money.business_plan_price_amount * balance.shipped_quantity as mixed_revenue
    from balance
    left join business_plan using (family_id, period_start)
    left join budgeted_periods using (period_start)
    left join family_money
        on
            balance.plan_version = 'working'
            and balance.scenario_id = family_money.scenario_id
            and balance.family_id = family_money.family_id
            and balance.period_start = family_money.period_start
    left join premiums
        on
            balance.plan_version = 'working'
            and balance.scenario_id = premiums.scenario_id
            and balance.family_id = premiums.family_id
            and balance.period_start = premiums.period_start
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
        (revenue_budget_rate_amount - mixed_revenue)::decimal(18, 2) as price,
        (mixed_revenue - flexed_revenue)::decimal(18, 2) as mix,
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
        end as takes_margin_cents,
        case when is_revenue_split then price_and_mix + case takes_revenue_cents when 'price_and_mix' then revenue_cents else 0 end end
            as revenue_price_and_mix,
        case when is_margin_split then price_and_mix + case takes_margin_cents when 'price_and_mix' then margin_cents else 0 end end
            as margin_price_and_mix,
        case when abs(mix) > abs(price) then 'mix' when price is not null then 'price' end as takes_cents
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
    revenue_price_and_mix::decimal(18, 2) as revenue_gap_price_and_mix_amount,
    case takes_cents when 'price' then revenue_price_and_mix - mix else if(is_revenue_split, price, null) end::decimal(18, 2)
        as revenue_gap_price_amount,
    case takes_cents when 'mix' then revenue_price_and_mix - price else if(is_revenue_split, mix, null) end::decimal(18, 2)
        as revenue_gap_mix_amount,
    case when is_revenue_split then exchange_rate + case takes_revenue_cents when 'exchange_rate' then revenue_cents else 0 end end::decimal(18, 2)
        as revenue_gap_exchange_rate_amount,
    case when not is_revenue_split then revenue_gap end::decimal(18, 2) as revenue_gap_not_budgeted_amount,
    margin_gap::decimal(18, 2) as margin_gap_amount,
    case when is_margin_split then volume_margin + case takes_margin_cents when 'volume' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_volume_amount,
    margin_price_and_mix::decimal(18, 2) as margin_gap_price_and_mix_amount,
    case takes_cents when 'price' then margin_price_and_mix - mix else if(is_margin_split, price, null) end::decimal(18, 2) as margin_gap_price_amount,
    case takes_cents when 'mix' then margin_price_and_mix - price else if(is_margin_split, mix, null) end::decimal(18, 2) as margin_gap_mix_amount,
    case when is_margin_split then exchange_rate + case takes_margin_cents when 'exchange_rate' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_exchange_rate_amount,
    case when is_margin_split then cost + case takes_margin_cents when 'cost' then margin_cents else 0 end end::decimal(18, 2)
        as margin_gap_cost_amount,
    case when not is_margin_split then margin_gap end::decimal(18, 2) as margin_gap_not_budgeted_amount,
    (inventory_value_amount - plan_inventory)::decimal(18, 2) as inventory_value_gap_amount,
    overtime_premium::decimal(18, 2) as overtime_premium_amount,
    subcontract_premium::decimal(18, 2) as subcontract_premium_amount,
    hire_premium::decimal(18, 2) as hire_premium_amount,
    layoff_premium::decimal(18, 2) as layoff_premium_amount,
    case
        when period_kind <> 'history' and plan_version = 'working'
            then
                margin_amount - coalesce(overtime_premium, 0) - coalesce(subcontract_premium, 0) - coalesce(hire_premium, 0)
                - coalesce(layoff_premium, 0)
    end::decimal(18, 2) as contribution_after_plan_amount
from settled
