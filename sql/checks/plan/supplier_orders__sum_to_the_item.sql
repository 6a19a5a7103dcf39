-- Planned orders of an item that has suppliers are those planned from its suppliers together.
-- severity: stop
-- owner: team:planning
-- hint: Suppliers would be told another plan than the material plan: rerun from plan, and report it if it stays.
with
supplier_orders as (select * from plan.supplier_orders),
material_requirements as (select * from plan.material_requirements),
supplied as (
    select items.item_id
    from core.items as items
    semi join core.item_suppliers as item_suppliers on items.item_id = item_suppliers.item_id and item_suppliers.share_ratio > 0
    where items.sourcing = 'buy'
),
of_suppliers as (
    select
        scenario_id,
        item_id,
        period_start,
        sum(planned_order_quantity::decimal(38, 6)) as suppliers_quantity
    from supplier_orders
    group by scenario_id, item_id, period_start
)
select
    material_requirements.scenario_id,
    material_requirements.item_id,
    material_requirements.period_start,
    material_requirements.planned_order_quantity,
    coalesce(of_suppliers.suppliers_quantity, 0)::double as suppliers_quantity
from material_requirements
semi join supplied on material_requirements.item_id = supplied.item_id
left join of_suppliers
    on
        material_requirements.scenario_id = of_suppliers.scenario_id
        and material_requirements.item_id = of_suppliers.item_id
        and material_requirements.period_start = of_suppliers.period_start
where
    not abs(material_requirements.planned_order_quantity - coalesce(of_suppliers.suppliers_quantity, 0)::double)
    <= 5e-6 * greatest(1, material_requirements.planned_order_quantity)
order by material_requirements.scenario_id, material_requirements.item_id, material_requirements.period_start
