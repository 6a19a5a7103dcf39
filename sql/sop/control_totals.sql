-- One row per control total sent: what the ledger or the warehouse system says against what the extracts add up to.
with stated as (
    select
        measure,
        period_start,
        coalesce(family_id, '*') as family_id,
        amount,
        coalesce(currency, $reporting_currency) as currency,
        source_file,
        source_line
    from staging.control_totals
),

periods as (
    select * from core.periods
),

families as (
    select * from core.families
),

items as (
    select * from core.items
),

item_flows as (
    select * from core.item_flows
),

item_stock as (
    select * from core.item_stock where is_closing
),

standard_costs as (
    select * from staging.standard_costs
),

actual_rates as (
    select * from core.exchange_rates where rate_type = 'actual'
),

planning_units as (
    select count(distinct planning_unit) = 1 as are_equal from families
),

-- flows of each family, and of the company: money of every item, quantities of the items that a family plans
flows as (
    select
        item_flows.period_start,
        coalesce(items.family_id, '*') as family_id,
        grouping(items.family_id) = 1 as is_company,
        sum(cast(item_flows.revenue_amount as decimal(38, 6))) as revenue,
        sum(cast(item_flows.shipped_quantity * items.planning_units_per_unit as decimal(38, 6))) filter (where items.family_id is not null) as shipped_quantity,
        sum(cast(item_flows.production_quantity * items.planning_units_per_unit as decimal(38, 6))) filter (where items.family_id is not null)
            as production_quantity
    from item_flows
    inner join items using (item_id)
    group by grouping sets ((item_flows.period_start, items.family_id), (item_flows.period_start))
    having is_company or items.family_id is not null
),

costed_stock as (
    select
        item_stock.*,
        standard_costs.currency,
        item_stock.stock_quantity * standard_costs.total_cost / standard_costs.per_quantity as cost
    from item_stock
    asof left join standard_costs on item_stock.item_id = standard_costs.item_id and item_stock.snapshot_date >= standard_costs.valid_from
),

stock as (
    select
        costed_stock.period_start,
        coalesce(items.family_id, '*') as family_id,
        grouping(items.family_id) = 1 as is_company,
        sum(cast(costed_stock.cost * actual_rates.rate as decimal(38, 6))) as inventory_value,
        sum(cast(costed_stock.stock_quantity * items.planning_units_per_unit as decimal(38, 6))) filter (where items.family_id is not null) as inventory_quantity
    from costed_stock
    inner join items using (item_id)
    asof left join actual_rates on costed_stock.currency = actual_rates.currency and costed_stock.snapshot_date >= actual_rates.valid_from
    group by grouping sets ((costed_stock.period_start, items.family_id), (costed_stock.period_start))
    having is_company or items.family_id is not null
),

counted_periods as (
    select distinct period_start from item_stock
),

placed as (
    select
        stated.*,
        periods.period_label,
        periods.periods_from_now < 0 as is_closed,
        periods.period_start is not null as is_period,
        counted_periods.period_start is not null as is_counted,
        stated.measure in ('revenue', 'inventory_value') as is_money,
        -- a total of money in another currency is worth what it was on the last day of its period
        case when stated.measure in ('revenue', 'inventory_value') then least(periods.period_end, cast($as_of_date as date) - 1) end as rate_date
    from stated
    left join periods using (period_start)
    left join counted_periods using (period_start)
),

compared as (
    select
        placed.*,
        planning_units.are_equal,
        cast(placed.amount * case when placed.is_money then actual_rates.rate else 1 end as decimal(38, 6)) as stated_value,
        case placed.measure
            when 'revenue' then coalesce(flows.revenue, 0)
            when 'shipped_quantity' then coalesce(flows.shipped_quantity, 0)
            when 'production_quantity' then coalesce(flows.production_quantity, 0)
            -- a snapshot is complete: what it does not name is not there
            when 'inventory_value' then coalesce(stock.inventory_value, 0)
            when 'inventory_quantity' then coalesce(stock.inventory_quantity, 0)
        end as computed_value,
        families.planning_unit
    from placed
    cross join planning_units
    asof left join actual_rates on placed.currency = actual_rates.currency and placed.rate_date >= actual_rates.valid_from
    left join flows on placed.period_start = flows.period_start and placed.family_id = flows.family_id
    left join stock on placed.period_start = stock.period_start and placed.family_id = stock.family_id
    left join families on placed.family_id = families.family_id
),

explained as (
    select
        *,
        case
            when not is_period then 'no period begins on this day'
            when not is_closed then 'the period is not closed'
            when measure in ('inventory_value', 'inventory_quantity') and not is_counted then 'no stock count closes the period'
            when family_id = '*' and not is_money and not are_equal then 'families have different planning units'
            when stated_value is null then 'no rate of its currency'
        end as note
    from compared
),

judged as (
    select
        *,
        case when note is null then computed_value - stated_value end as difference_value
    from explained
)

select
    measure::varchar as measure,
    period_start::date as period_start,
    family_id::varchar as family_id,
    period_label::varchar as period_label,
    stated_value::double as stated_value,
    (case when note is null then computed_value end)::double as computed_value,
    difference_value::double as difference_value,
    (difference_value / nullif(abs(stated_value), 0))::double as difference_ratio,
    $control_total_ratio::double as tolerance_ratio,
    (case when is_money then $reporting_currency when family_id = '*' then 'planning units' else planning_unit end)::varchar as unit,
    (case
        when note is not null then 'not_comparable'
        when abs(difference_value) <= $control_total_ratio * abs(stated_value) then 'agrees'
        else 'differs'
    end)::varchar as verdict,
    note::varchar as note,
    source_file::varchar as source_file,
    source_line::bigint as source_line
from judged
order by measure, period_start, family_id
