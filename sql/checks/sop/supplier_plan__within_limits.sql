-- Planned and open orders stay within what the supplier can deliver in the period.
-- severity: warning
-- owner: team:supply_chain
-- hint: Agree a higher limit, order earlier, or give another supplier a share; supplier_capacity and supplier_items hold them.
with
supplier_plan as (select * from sop.supplier_plan)
select
    cycle_id,
    scenario_id,
    plan_version,
    supplier_id,
    -- one limit for all items of a supplier is one finding
    case when limit_scope = 'item' then item_id end as item_id,
    period_start,
    max(supplier_limit_quantity) as supplier_limit_quantity,
    max(over_limit_quantity) as over_limit_quantity
from supplier_plan
where over_limit_quantity > 1e-6 * greatest(1, supplier_limit_quantity)
group by all
order by cycle_id, scenario_id, plan_version, supplier_id, item_id, period_start
