-- One row per plan level, version, family and span of the business plan, in the reporting currency.
with plan_rows as (
    select * from core.business_plan_rows
),

families as (
    select * from core.families
),

items as (
    select * from core.items
),

periods as (
    select * from core.periods
),

family_flows as (
    select * from core.family_flows
),

-- what is planned by item adds up to its family, unless the family has a row of its own
of_families as (
    select
        plan_rows.plan_level,
        plan_rows.business_plan_version,
        plan_rows.approved_on,
        plan_rows.family_id,
        plan_rows.period_start,
        plan_rows.span_end,
        plan_rows.quantity * case when plan_rows.item_id is null then 1 else items.planning_units_per_unit end as quantity,
        plan_rows.revenue_amount,
        plan_rows.margin_amount,
        plan_rows.inventory_value_amount,
        false as is_allocated
    from plan_rows
    left join items on plan_rows.item_id = items.item_id
    where plan_rows.family_id is not null
    qualify
        plan_rows.item_id is null
        or not bool_or(plan_rows.item_id is null) over (
            partition by plan_rows.plan_level, plan_rows.business_plan_version, plan_rows.family_id, plan_rows.period_start
        )
),

-- what is planned by product group is shared out to those of its families that no version of the level plans, by the revenue of the last season
season_revenue as (
    select
        family_flows.family_id,
        greatest(sum(cast(family_flows.revenue_amount as decimal(38, 6))), 0) as revenue_amount
    from family_flows
    inner join periods using (period_start)
    where periods.periods_from_now between -periods.season_length_periods and -1
    group by family_flows.family_id
),

unplanned_families as (
    select
        plan_levels.plan_level,
        families.family_id,
        families.product_group,
        families.planning_unit,
        coalesce(season_revenue.revenue_amount, 0) as revenue_amount
    from families
    cross join (select distinct plan_level from plan_rows) as plan_levels
    anti join of_families on plan_levels.plan_level = of_families.plan_level and families.family_id = of_families.family_id
    left join season_revenue on families.family_id = season_revenue.family_id
),

group_shares as (
    select
        *,
        min(planning_unit) over product_group = max(planning_unit) over product_group as has_one_unit,
        coalesce(
            cast(revenue_amount as double) / nullif(cast(sum(revenue_amount) over product_group as double), 0),
            1 / count(*) over product_group
        ) as share_ratio
    from unplanned_families
    window product_group as (partition by plan_level, product_group)
),

of_groups as (
    select
        plan_rows.plan_level,
        plan_rows.business_plan_version,
        plan_rows.approved_on,
        group_shares.family_id,
        plan_rows.period_start,
        plan_rows.span_end,
        case when group_shares.has_one_unit then plan_rows.quantity * group_shares.share_ratio end as quantity,
        plan_rows.revenue_amount * group_shares.share_ratio as revenue_amount,
        plan_rows.margin_amount * group_shares.share_ratio as margin_amount,
        plan_rows.inventory_value_amount * group_shares.share_ratio as inventory_value_amount,
        true as is_allocated
    from plan_rows
    inner join group_shares using (plan_level, product_group)
),

spans as (
    select * from of_families
    union all
    select * from of_groups
)

select
    cast(plan_level as varchar) as plan_level,
    cast(business_plan_version as varchar) as business_plan_version,
    cast(max(approved_on) as date) as approved_on,
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(span_end as date) as span_end,
    cast(sum(cast(quantity as decimal(38, 6))) as double) as quantity,
    cast(sum(cast(revenue_amount as decimal(38, 6))) as double) as revenue_amount,
    cast(sum(cast(margin_amount as decimal(38, 6))) as double) as margin_amount,
    cast(sum(cast(inventory_value_amount as decimal(38, 6))) as double) as inventory_value_amount,
    cast(bool_or(is_allocated) as boolean) as is_allocated
from spans
group by plan_level, business_plan_version, family_id, period_start, span_end
order by plan_level, business_plan_version, family_id, period_start, span_end
