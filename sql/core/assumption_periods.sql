-- One row per market assumption with an effect, family it concerns and planned period it covers; broken and expired ones left out.
with market_assumptions as (
    select
        *,
        nullif(family_id, '*') as assumed_family_id
    from staging.market_assumptions
    where effect_ratio is not null and assumption_status in ('open', 'confirmed')
),

families as (
    select family_id from core.families
),

periods as (
    select * from core.periods where periods_from_now >= 0
)

select
    cast(market_assumptions.assumption_id as varchar) as assumption_id,
    cast(families.family_id as varchar) as family_id,
    cast(periods.period_start as date) as period_start,
    cast(market_assumptions.assumption_status as varchar) as assumption_status,
    cast(market_assumptions.effect_ratio as double) as effect_ratio,
    -- what is confirmed has come true
    cast(case when market_assumptions.assumption_status = 'confirmed' then 1 else market_assumptions.probability end as double) as probability_ratio,
    cast(market_assumptions.owner as varchar) as owner,
    cast(market_assumptions.statement as varchar) as statement
from market_assumptions
inner join families on coalesce(market_assumptions.assumed_family_id, families.family_id) = families.family_id
inner join periods on periods.period_start between market_assumptions.period_from and market_assumptions.period_to
order by market_assumptions.assumption_id, families.family_id, periods.period_start
