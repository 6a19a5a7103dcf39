-- Money of the families sums to their product group and to the company, to the cent.
-- severity: stop
-- owner: team:finance
-- hint: The review sheet totals money wrongly: compare the families of the rows shown; rerun from sop, and report it if it stays.
with
balance as (select * from sop.supply_demand_balance where plan_version = 'working'),
families as (select * from core.families),
family_review as (
    select * from sop.family_review
    where level <> 'family' and column_kind in ('history', 'current', 'horizon') and section = 'money'
),
shown_periods as (select distinct period_start from sop.family_review where section = 'calendar'),
money as (
    select
        balance.scenario_id,
        balance.period_start,
        families.product_group,
        cell.measure,
        cell.amount
    from balance
    inner join families using (family_id)
    inner join shown_periods using (period_start)
    cross join lateral (
        values
        ('revenue_amount', balance.revenue_amount),
        ('margin_amount', balance.margin_amount),
        ('inventory_value_amount', balance.inventory_value_amount),
        ('business_plan_gap_amount', balance.business_plan_gap_amount)
    ) as cell(measure, amount)
),
sums as (
    select
        scenario_id,
        period_start,
        measure,
        case when grouping(product_group) = 1 then 'company' else 'product_group' end as level,
        coalesce(product_group, '*') as level_id,
        sum(amount) as families_amount
    from money
    group by grouping sets ((scenario_id, period_start, measure, product_group), (scenario_id, period_start, measure))
)
select
    sums.scenario_id,
    sums.level,
    sums.level_id,
    sums.period_start,
    sums.measure,
    sums.families_amount,
    family_review.value as sheet_amount
from sums
full join family_review using (scenario_id, level, level_id, period_start, measure)
-- the sheet holds numbers of 15 digits: beyond a trillion the cents are not among them
where
    abs(coalesce(sums.families_amount, 0) - coalesce(family_review.value, 0)::decimal(38, 6))
    >= greatest(0.005, 1e-14 * abs(coalesce(sums.families_amount, 0)))
order by sums.scenario_id, sums.level, sums.level_id, sums.period_start, sums.measure
