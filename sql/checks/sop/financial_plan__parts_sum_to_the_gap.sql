-- One row per family and period whose gap to the business plan is not the sum of its parts.
-- severity: stop
-- owner: team:planning
-- hint: A part of the gap is missing or counted twice; report it with the rows below.
select
    family_id::varchar as family_id,
    period_start::date as period_start,
    revenue_gap_amount::decimal(18, 2) as revenue_gap_amount,
    margin_gap_amount::decimal(18, 2) as margin_gap_amount
from sop.financial_plan
where
    revenue_gap_amount <> coalesce(revenue_gap_volume_amount, 0) + coalesce(revenue_gap_price_and_mix_amount, 0)
    + coalesce(revenue_gap_exchange_rate_amount, 0) + coalesce(revenue_gap_not_budgeted_amount, 0)
    or margin_gap_amount <> coalesce(margin_gap_volume_amount, 0) + coalesce(margin_gap_price_and_mix_amount, 0)
    + coalesce(margin_gap_exchange_rate_amount, 0) + coalesce(margin_gap_cost_amount, 0) + coalesce(margin_gap_not_budgeted_amount, 0)
    or revenue_gap_price_and_mix_amount <> revenue_gap_price_amount + revenue_gap_mix_amount
    or margin_gap_price_and_mix_amount <> margin_gap_price_amount + margin_gap_mix_amount
order by family_id, period_start
