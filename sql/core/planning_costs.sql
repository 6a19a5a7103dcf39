-- One row per scope, cost type and planned period that `planning_costs` states: the narrowest scope is resolved by the reader.
with planning_costs as (
    select
        scope,
        coalesce(nullif(scope_id, '*'), '') as scope_id,
        cost_type,
        coalesce(valid_from, date '1900-01-01') as valid_from,
        value,
        coalesce(currency, $reporting_currency) as currency
    from staging.planning_costs
),

periods as (
    select
        period_start,
        greatest(period_start, cast($as_of_date as date)) as known_on
    from core.periods
    where periods_from_now >= 0
),

current_rates as (
    select
        currency,
        rate
    from core.exchange_rates
    where rate_type = 'actual' and cast($as_of_date as date) - 1 between valid_from and valid_to
),

stated as (
    select distinct
        scope,
        scope_id,
        cost_type
    from planning_costs
),

stated_periods as (
    select *
    from stated
    cross join periods
),

holding as (
    select
        stated_periods.scope,
        stated_periods.scope_id,
        stated_periods.cost_type,
        stated_periods.period_start,
        planning_costs.value,
        planning_costs.currency,
        -- a rate per year and a number of days are no money
        stated_periods.cost_type in ('inventory_carrying_rate_per_year', 'days_sales_outstanding', 'days_payables_outstanding') as is_no_money
    from stated_periods
    asof join planning_costs
        on
            stated_periods.scope = planning_costs.scope
            and stated_periods.scope_id = planning_costs.scope_id
            and stated_periods.cost_type = planning_costs.cost_type
            and stated_periods.known_on >= planning_costs.valid_from
)

select
    cast(holding.scope as varchar) as scope,
    cast(holding.scope_id as varchar) as scope_id,
    cast(holding.cost_type as varchar) as cost_type,
    cast(holding.period_start as date) as period_start,
    cast(case when holding.is_no_money then holding.value else holding.value * current_rates.rate end as double) as cost_value
from holding
left join current_rates on holding.currency = current_rates.currency
where holding.is_no_money or current_rates.rate is not null
order by holding.scope, holding.scope_id, holding.cost_type, holding.period_start
