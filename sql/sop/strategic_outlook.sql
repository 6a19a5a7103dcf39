-- One row per family, span of the strategic plan that counts, and measure it states: target, what has passed, and the outlook over it.
with
balance as (select * from sop.current_balance),
dim_period as (select * from sop.dim_period),
to_date as (select * from core.family_history where periods_from_now = 0),
strategic_spans as (select * from core.business_plan_spans where plan_level = 'strategic'),
-- of the strategic plan the version approved last counts wherever it says something
counting_spans as (
    select strategic_spans.*
    from strategic_spans
    anti join strategic_spans as later
        on
            (coalesce(later.approved_on, '-infinity'::date), later.business_plan_version)
            > (coalesce(strategic_spans.approved_on, '-infinity'::date), strategic_spans.business_plan_version)
            and later.period_start < strategic_spans.span_end
            and later.span_end > strategic_spans.period_start
    where strategic_spans.span_end > (select min(period_start) from dim_period)
),
-- 13 weeks are not quite three months: a period belongs to a span if it begins at least two weeks before its end
span_cells as (
    select
        counting_spans.family_id,
        counting_spans.is_allocated,
        counting_spans.period_start as span_start,
        counting_spans.span_end,
        dim_period.period_start,
        dim_period.period_kind,
        min(dim_period.period_start) over span <= counting_spans.period_start + 14 as is_begun_in_time,
        max(dim_period.period_end) over span >= counting_spans.span_end - 15 as is_planned_to_its_end,
        dim_period.period_end = max(dim_period.period_end) over span as is_last,
        cell.measure,
        cell.is_stock,
        cell.target::decimal(38, 6) as target,
        cell.value::decimal(38, 6) as value,
        cell.begun::decimal(38, 6) as begun
    from counting_spans
    left join dim_period on counting_spans.period_start <= dim_period.period_start and dim_period.period_start < counting_spans.span_end - 14
    left join balance on counting_spans.family_id = balance.family_id and dim_period.period_start = balance.period_start
    left join to_date on counting_spans.family_id = to_date.family_id and dim_period.period_start = to_date.period_start
    cross join lateral (
        values
        ('revenue_amount', false, counting_spans.revenue_amount, balance.revenue_amount::double, to_date.revenue_amount),
        (
            'margin_amount', false, counting_spans.margin_amount, balance.margin_amount::double,
            to_date.revenue_amount - to_date.cost_of_sales_amount
        ),
        ('shipped_quantity', false, counting_spans.quantity, balance.shipped_quantity, balance.shipped_to_date_quantity),
        ('inventory_value', true, counting_spans.inventory_value_amount, balance.inventory_value_amount::double, null)
    ) as cell(measure, is_stock, target, value, begun)
    where cell.target is not null
    window span as (partition by counting_spans.family_id, counting_spans.period_start, counting_spans.span_end, cell.measure)
),
-- of a family a span is known when all of its periods are, stock when the last one is
of_families as (
    select
        family_id,
        is_allocated,
        span_start,
        span_end,
        measure,
        any_value(target) as target,
        bool_and(period_kind = 'history') and bool_and(is_planned_to_its_end) as is_over,
        case
            when is_stock then max(value) filter (where is_last and is_planned_to_its_end)
            when bool_and(is_begun_in_time and is_planned_to_its_end) and count(value) = count(*) then sum(value)
        end as value,
        case
            when not is_stock and bool_and(is_begun_in_time) and bool_and(period_kind <> 'history' or value is not null)
                then sum(case period_kind when 'history' then value when 'current' then coalesce(begun, 0) end)
        end as passed
    from span_cells
    group by family_id, is_allocated, span_start, span_end, measure, is_stock
)
select
    family_id::varchar as family_id,
    span_start::date as period_start,
    (span_end - 1)::date as period_end,
    measure::varchar as measure,
    is_allocated::boolean as is_allocated,
    coalesce(is_over, false)::boolean as is_over,
    target::double as target_value,
    passed::double as actual_to_date_value,
    value::double as outlook_value
from of_families
order by family_id, period_start, period_end, measure
