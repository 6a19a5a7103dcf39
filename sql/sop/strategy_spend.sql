-- One row per scenario, strategy, supplier and period of the last season and the horizon: what is received from it.
with
history as (select * from sop.supply_demand_balance where scenario_id = 'base' and plan_version = 'working' and period_kind = 'history'),
family_balance as (select * from plan.family_balance),
to_date as (select * from core.family_history where periods_from_now = 0),
periods as (select * from core.periods where period_kind <> 'look_ahead' and periods_from_now >= -season_length_periods),
items as (select * from core.items),
item_mix as (select * from core.item_mix),
item_costs as (select * from core.item_costs),
item_components as (select * from core.item_components),
item_suppliers as (select * from core.item_suppliers),
unit_factors as (select * from core.unit_factors),
actual_rates as (select * from core.exchange_rates where rate_type = 'actual'),
family_money as (select * from plan.family_money),
material_requirements as (select * from plan.material_requirements where scenario_id = 'base'),
strategy_purchases as (select * from plan.strategy_purchases),
suppliers as (select * from staging.suppliers),
purchase_receipts as (
    select
        *,
        coalesce(nullif(supplier_id, '*'), '') as sender_id,
        coalesce(currency, $reporting_currency) as price_currency
    from staging.purchase_receipts
    where received_date < $as_of_date
),
open_purchase_orders as (
    select
        *,
        coalesce(currency, $reporting_currency) as price_currency,
        greatest(coalesce(confirmed_date, due_date), $as_of_date::date) as planned_date,
        $as_of_date::date - 1 as rate_date
    from staging.open_purchase_orders
),
strategies as (
    select distinct
        scenario_id,
        strategy
    from family_balance
    union
    select
        'base',
        'planned'
),
company_days as (
    select
        period_start,
        max(cost_value) as payables_days
    from core.planning_costs
    where cost_type = 'days_payables_outstanding' and scope = 'company'
    group by period_start
),
first_planned as (
    select
        periods.period_start,
        company_days.payables_days
    from periods
    left join company_days using (period_start)
    where periods.periods_from_now = 0
),
subcontract_costs as (
    select
        scope_id as family_id,
        period_start,
        cost_value as subcontract_cost
    from core.planning_costs
    where scope = 'family' and cost_type = 'subcontract_cost_per_unit'
),
received as (
    select
        purchase_receipts.sender_id as supplier_id,
        periods.period_start,
        purchase_receipts.quantity
        * coalesce(purchase_receipts.unit_price * actual_rates.rate, item_suppliers.price_amount, item_costs.total_cost_amount) as amount
    from purchase_receipts
    inner join items using (item_id)
    inner join periods on purchase_receipts.received_date between periods.period_start and periods.period_end
    asof left join actual_rates
        on purchase_receipts.price_currency = actual_rates.currency and purchase_receipts.received_date >= actual_rates.valid_from
    left join item_suppliers on purchase_receipts.item_id = item_suppliers.item_id and purchase_receipts.sender_id = item_suppliers.supplier_id
    left join item_costs on purchase_receipts.item_id = item_costs.item_id and periods.period_start = item_costs.period_start
),
-- what subcontractors have on order is in the plan of their families
on_order as (
    select
        open_purchase_orders.supplier_id,
        periods.period_start,
        open_purchase_orders.open_quantity
        * coalesce(
            open_purchase_orders.unit_price * actual_rates.rate,
            unit_factors.factor * coalesce(item_suppliers.price_amount, item_costs.total_cost_amount)
        ) as amount
    from open_purchase_orders
    inner join items on open_purchase_orders.item_id = items.item_id and items.sourcing = 'buy'
    inner join periods on open_purchase_orders.planned_date between periods.period_start and periods.period_end
    inner join unit_factors
        on
            open_purchase_orders.item_id = unit_factors.item_id
            and coalesce(open_purchase_orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    asof left join actual_rates
        on open_purchase_orders.price_currency = actual_rates.currency and open_purchase_orders.rate_date >= actual_rates.valid_from
    left join item_suppliers
        on open_purchase_orders.item_id = item_suppliers.item_id and open_purchase_orders.supplier_id = item_suppliers.supplier_id
    left join item_costs on open_purchase_orders.item_id = item_costs.item_id and periods.period_start = item_costs.period_start
),
ordered as (
    select
        strategy_purchases.scenario_id,
        strategy_purchases.strategy,
        strategy_purchases.supplier_id,
        strategy_purchases.period_start,
        strategy_purchases.planned_order_quantity * coalesce(item_suppliers.price_amount, item_costs.total_cost_amount) as amount
    from strategy_purchases
    left join item_suppliers
        on strategy_purchases.item_id = item_suppliers.item_id and strategy_purchases.supplier_id = item_suppliers.supplier_id
    left join item_costs
        on strategy_purchases.item_id = item_costs.item_id and strategy_purchases.period_start = item_costs.period_start
),
-- what the material of a planning unit costs by the mix of the family: all of it, and that of items made without a bill
material as (
    select
        item_mix.family_id,
        item_costs.period_start,
        item_mix.mix_ratio * item_costs.material_cost_amount / items.planning_units_per_unit as cost,
        parents.parent_item_id is null and items.sourcing = 'make' as is_without_bill
    from item_mix
    inner join items using (item_id)
    inner join item_costs using (item_id)
    left join (select distinct parent_item_id from item_components) as parents on item_mix.item_id = parents.parent_item_id
    where item_mix.mix_ratio > 0
),
material_costs as (
    select
        family_id,
        period_start,
        case when count(cost) = count(*) then sum(cost::decimal(38, 9)) end::double as material_cost,
        case
            when count(cost) filter (where is_without_bill) = count(*) filter (where is_without_bill)
                then coalesce(sum(cost::decimal(38, 9)) filter (where is_without_bill), 0)
        end::double as unbilled_material_cost
    from material
    group by family_id, period_start
),
supplied as (
    select
        strategies.scenario_id,
        strategies.strategy,
        history.family_id,
        history.period_start,
        history.production_quantity,
        history.purchase_quantity,
        history.issued_quantity,
        history.subcontract_quantity,
        null as subcontract_to_go_quantity,
        'base' as money_scenario_id
    from history
    cross join strategies
    union all
    select
        family_balance.scenario_id,
        family_balance.strategy,
        family_balance.family_id,
        family_balance.period_start,
        family_balance.production_quantity,
        family_balance.purchase_quantity,
        family_balance.issued_quantity,
        family_balance.subcontract_quantity,
        family_balance.subcontract_quantity - coalesce(to_date.subcontract_quantity, 0) as subcontract_to_go_quantity,
        family_balance.scenario_id as money_scenario_id
    from family_balance
    left join to_date using (family_id, period_start)
),
made as (
    select
        supplied.*,
        material_costs.material_cost,
        material_costs.unbilled_material_cost,
        family_money.unit_cost_amount,
        coalesce(subcontract_costs.subcontract_cost, family_money.unit_cost_amount) as subcontract_cost
    from supplied
    semi join periods on supplied.period_start = periods.period_start
    left join material_costs on supplied.family_id = material_costs.family_id and supplied.period_start = material_costs.period_start
    left join family_money
        on
            supplied.family_id = family_money.family_id
            and supplied.period_start = family_money.period_start
            and supplied.money_scenario_id = family_money.scenario_id
    left join subcontract_costs
        on supplied.family_id = subcontract_costs.family_id and supplied.period_start = subcontract_costs.period_start
),
-- what is received and on order is the same whatever is planned
given as (
    select * from received
    union all
    select * from on_order
),
purchases as (
    select
        strategies.scenario_id,
        strategies.strategy,
        given.*
    from given
    cross join strategies
    union all
    select * from ordered
    union all
    select
        scenario_id,
        strategy,
        '',
        period_start,
        production_quantity * unbilled_material_cost
    from made
    where production_quantity <> 0
    union all
    select
        scenario_id,
        strategy,
        '',
        period_start,
        subcontract_to_go_quantity * subcontract_cost
    from made
    where subcontract_to_go_quantity <> 0
),
-- purchases tell where material is received and planned, and every price is known
told as (
    select
        strategies.scenario_id,
        strategies.strategy,
        (select count(*) > 0 from purchase_receipts semi join item_components on purchase_receipts.item_id = item_components.component_item_id)
        and (
            select count(*) > 0
            from material_requirements
            inner join items using (item_id)
            where items.sourcing = 'buy' and not material_requirements.is_master_scheduled
        )
        and count(purchases.strategy) = count(purchases.amount) as is_by_purchases
    from strategies
    left join purchases using (scenario_id, strategy)
    group by strategies.scenario_id, strategies.strategy
),
-- else material counts in the period that uses it; what planned families give to others is in the material of those already
used as (
    select
        scenario_id,
        strategy,
        '' as supplier_id,
        period_start,
        case when coalesce(production_quantity, 0) = 0 then 0 else production_quantity * material_cost end
        + case when coalesce(purchase_quantity, 0) = 0 then 0 else purchase_quantity * unit_cost_amount end
        + case when coalesce(subcontract_quantity, 0) = 0 then 0 else subcontract_quantity * subcontract_cost end
        - case when coalesce(issued_quantity, 0) = 0 then 0 else issued_quantity * unit_cost_amount end as amount
    from made
),
chosen as (
    select purchases.*, 'purchases' as basis from purchases inner join told using (scenario_id, strategy) where told.is_by_purchases
    union all
    select used.*, 'material_used' as basis from used inner join told using (scenario_id, strategy) where not told.is_by_purchases
),
summed as (
    select
        scenario_id,
        strategy,
        supplier_id,
        period_start,
        basis,
        case when count(amount) = count(*) then sum(amount::decimal(38, 6)) end as amount
    from chosen
    group by scenario_id, strategy, supplier_id, period_start, basis
)
select
    summed.scenario_id::varchar as scenario_id,
    summed.strategy::varchar as strategy,
    summed.supplier_id::varchar as supplier_id,
    suppliers.supplier_name::varchar as supplier_name,
    summed.period_start::date as period_start,
    periods.period_kind::varchar as period_kind,
    summed.amount::decimal(18, 2) as spend_amount,
    coalesce(suppliers.payment_terms_days, company_days.payables_days, first_planned.payables_days)::double as payment_days,
    summed.basis::varchar as basis
from summed
inner join periods using (period_start)
cross join first_planned
left join suppliers on summed.supplier_id = suppliers.supplier_id
left join company_days on summed.period_start = company_days.period_start
order by summed.scenario_id, summed.strategy, summed.supplier_id, summed.period_start
