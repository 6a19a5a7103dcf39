-- One row per family and planned period (look-ahead included) for which management states an objective.
with inventory_policies as (
    select
        * replace (
            coalesce(nullif(item_id, '*'), '') as item_id,
            coalesce(nullif(family_id, '*'), '') as family_id
        )
    from staging.inventory_policies
),

periods as (
    select
        *,
        greatest(period_start, cast($as_of_date as date)) as known_on
    from core.periods
    where periods_from_now >= 0
),

families as (
    select family_id from core.families
),

items as (
    select * from core.items where family_id is not null
),

item_mix as (
    select * from core.item_mix
),

season as (
    select
        cast(sum(site_working_days.working_days) as double) as working_days
    from core.periods
    inner join core.site_working_days using (period_start)
    where site_working_days.site_id = '' and periods.periods_from_now between -periods.season_length_periods and -1
),

daily_demand as (
    select
        item_period_history.item_id,
        cast(sum(cast(item_period_history.demand_quantity as decimal(38, 6))) as double) / nullif(any_value(season.working_days), 0)
            as daily_quantity
    from core.item_period_history
    inner join core.periods using (period_start)
    cross join season
    where periods.periods_from_now between -periods.season_length_periods and -1
    group by item_period_history.item_id
),

family_periods as (
    select
        families.family_id,
        periods.period_start,
        periods.known_on
    from families
    cross join periods
),

item_periods as (
    select
        items.item_id,
        items.family_id,
        items.planning_units_per_unit,
        periods.period_start,
        periods.known_on
    from items
    cross join periods
),

of_families as (
    select
        family_periods.family_id,
        family_periods.period_start,
        inventory_policies.target_days_of_supply,
        inventory_policies.target_quantity,
        inventory_policies.minimum_days_of_supply,
        inventory_policies.maximum_days_of_supply,
        inventory_policies.service_level,
        inventory_policies.target_backlog_days
    from family_periods
    asof join inventory_policies
        on family_periods.family_id = inventory_policies.family_id and family_periods.known_on >= inventory_policies.valid_from
),

of_items as (
    select
        item_periods.item_id,
        item_periods.family_id,
        item_periods.period_start,
        item_mix.mix_ratio,
        inventory_policies.target_days_of_supply,
        inventory_policies.target_quantity,
        inventory_policies.target_quantity * item_periods.planning_units_per_unit as target_planning_quantity,
        inventory_policies.target_quantity / nullif(daily_demand.daily_quantity, 0) as days_of_target_quantity,
        inventory_policies.minimum_days_of_supply,
        inventory_policies.maximum_days_of_supply,
        inventory_policies.service_level,
        inventory_policies.target_backlog_days
    from item_periods
    asof join inventory_policies
        on item_periods.item_id = inventory_policies.item_id and item_periods.known_on >= inventory_policies.valid_from
    left join item_mix on item_periods.item_id = item_mix.item_id
    left join daily_demand on item_periods.item_id = daily_demand.item_id
),

-- the sum of the items: quantities add up, days do in the mix that the items are sold in; an item without an objective adds nothing
summed as (
    select
        family_id,
        period_start,
        bool_and(target_quantity is not null) filter (where coalesce(target_quantity, target_days_of_supply) is not null) as is_all_in_quantity,
        sum(cast(target_planning_quantity as decimal(38, 6))) as target_quantity,
        sum(cast(mix_ratio * coalesce(days_of_target_quantity, case when target_quantity is null then target_days_of_supply end) as decimal(38, 6)))
            as target_days_of_supply,
        sum(cast(mix_ratio * minimum_days_of_supply as decimal(38, 6))) as minimum_days_of_supply,
        sum(cast(mix_ratio * maximum_days_of_supply as decimal(38, 6))) as maximum_days_of_supply,
        sum(cast(mix_ratio * service_level as decimal(38, 6))) filter (where service_level is not null)
        / nullif(cast(sum(cast(mix_ratio as decimal(38, 6))) filter (where service_level is not null) as double), 0) as service_level,
        sum(cast(mix_ratio * target_backlog_days as decimal(38, 6))) as target_backlog_days
    from of_items
    group by family_id, period_start
),

objectives as (
    select * from of_families
    union all
    select
        summed.family_id,
        summed.period_start,
        case when not summed.is_all_in_quantity then summed.target_days_of_supply end as target_days_of_supply,
        case when summed.is_all_in_quantity then summed.target_quantity end as target_quantity,
        summed.minimum_days_of_supply,
        summed.maximum_days_of_supply,
        summed.service_level,
        summed.target_backlog_days
    from summed
    -- a family's own row wins over the sum of its items
    anti join of_families on summed.family_id = of_families.family_id and summed.period_start = of_families.period_start
)

select
    cast(family_id as varchar) as family_id,
    cast(period_start as date) as period_start,
    cast(target_days_of_supply as double) as target_days_of_supply,
    cast(target_quantity as double) as target_quantity,
    cast(minimum_days_of_supply as double) as minimum_days_of_supply,
    cast(maximum_days_of_supply as double) as maximum_days_of_supply,
    cast(service_level as double) as service_level_ratio,
    cast(target_backlog_days as double) as target_backlog_days
from objectives
order by family_id, period_start
