-- What make-to-stock demand still to come and opening shortage ask for is shipped, lost, or short at the end of the period.
-- severity: stop
-- owner: team:planning
-- hint: The supply plan loses demand: look at demand and shipments of the rows shown; rerun from plan, and report it if it stays.
with
family_balance as (select * from plan.family_balance),
families as (select * from core.families where production_strategy = 'make_to_stock'),
-- in the part of the current period that has passed demand and shipments stand side by side
to_date as (select * from core.family_history where periods_from_now = 0),
terms as (
    select
        family_balance.scenario_id,
        family_balance.strategy,
        family_balance.family_id,
        family_balance.period_start,
        family_balance.opening_shortage_quantity,
        family_balance.demand_quantity - coalesce(to_date.demand_quantity, 0) as planned_demand_quantity,
        family_balance.shipped_quantity - coalesce(to_date.shipped_quantity, 0) as planned_shipped_quantity,
        family_balance.lost_sales_quantity,
        family_balance.closing_shortage_quantity
    from family_balance
    inner join families using (family_id)
    left join to_date using (family_id, period_start)
),
differences as (
    select
        *,
        opening_shortage_quantity + planned_demand_quantity - planned_shipped_quantity - coalesce(lost_sales_quantity, 0)
        - closing_shortage_quantity as difference_quantity,
        greatest(
            1, abs(opening_shortage_quantity), abs(planned_demand_quantity), abs(planned_shipped_quantity),
            abs(coalesce(lost_sales_quantity, 0)), abs(closing_shortage_quantity)
        ) as largest_term
    from terms
)
select * exclude (largest_term)
from differences
where difference_quantity is null or not abs(difference_quantity) <= 1e-6 * largest_term
order by scenario_id, strategy, family_id, period_start
