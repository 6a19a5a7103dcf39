-- One row per resource with a known capacity and planned period, look-ahead included; the current period holds its remainder.
with resources as (
    select
        staged.*,
        core.resources.site_id as calendar_site_id,
        core.resources.is_headcount_based,
        core.resources.is_stock_based
    from staging.resources as staged
    inner join core.resources using (resource_id)
    -- an amount in another currency cannot be held against stock in the reporting currency
    where not core.resources.is_stock_based or staged.capacity_unit in ('m3', 'pallets', 'units', $reporting_currency)
),

periods as (
    select * from core.periods where periods_from_now >= 0
),

site_working_days as (
    select * from core.site_working_days
),

exceptions as (
    select * from staging.resource_capacity
),

workforce as (
    select * from core.workforce
),

stated as (
    select
        resources.*,
        periods.period_start,
        -- room and money are there on every day of a period: what is left of it has the whole of them
        case when resources.is_stock_based then 1 else periods.remaining_ratio end as remaining_ratio,
        site_working_days.remaining_working_days,
        exceptions.overtime_capacity,
        coalesce(exceptions.planned_downtime, 0) as planned_downtime,
        coalesce(
            exceptions.regular_capacity,
            case
                -- one place, or one euro, is what an empty number_of_units stands for: nobody said how large the store is;
                -- what a day has no more hours than says when it is open, not how much one unit of it holds
                when resources.is_stock_based
                    then nullif(resources.number_of_units * case when resources.hours_per_day > 24 then resources.hours_per_day else 1 end, 1)
                else resources.number_of_units * resources.hours_per_day * site_working_days.working_days
            end
        ) as regular_capacity
    from resources
    cross join periods
    inner join site_working_days
        on resources.calendar_site_id = site_working_days.site_id and periods.period_start = site_working_days.period_start
    left join exceptions on resources.resource_id = exceptions.resource_id and periods.period_start = exceptions.period_start
),

rated as (
    select
        stated.*,
        workforce.opening_headcount * workforce.overtime_hours_per_head as workforce_overtime,
        case
            when stated.is_headcount_based then workforce.opening_headcount * workforce.regular_hours_per_head
            -- greatest() passes over an empty capacity, which is not the same as none
            when stated.regular_capacity is not null
                then
                    greatest(stated.regular_capacity - stated.planned_downtime, 0)
                    * stated.remaining_ratio
                    * coalesce(stated.utilisation_ratio, 1)
                    * coalesce(stated.efficiency_ratio, 1)
        end as rated_capacity
    from stated
    left join workforce on stated.resource_id = workforce.resource_id and stated.period_start = workforce.period_start
),

component_quotas as (
    select
        component_quotas.*,
        site_working_days.remaining_working_days
    from core.component_quotas
    inner join core.resources on component_quotas.resource_id = resources.resource_id and resources.is_supplier_quota
    inner join site_working_days
        on site_working_days.site_id = '' and component_quotas.period_start = site_working_days.period_start
)

select
    cast(resource_id as varchar) as resource_id,
    cast(period_start as date) as period_start,
    cast(remaining_working_days as double) as working_days,
    cast(rated_capacity as double) as regular_capacity,
    cast(
        coalesce(overtime_capacity * remaining_ratio, workforce_overtime, coalesce(overtime_ratio, 0) * rated_capacity) as double
    ) as overtime_capacity,
    cast(demonstrated_capacity_per_day * case when is_stock_based then 1 else remaining_working_days end as double) as demonstrated_capacity,
    cast(0 as double) as opening_capacity,
    cast(false as boolean) as is_supplier_quota
from rated
where rated_capacity is not null
union all
select
    resource_id,
    period_start,
    remaining_working_days as working_days,
    deliverable_quantity as regular_capacity,
    0 as overtime_capacity,
    null as demonstrated_capacity,
    opening_quantity as opening_capacity,
    true as is_supplier_quota
from component_quotas
order by resource_id, period_start
