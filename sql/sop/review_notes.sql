-- One row per note of the review sheet: product changes, assumptions, risks and decisions of a family, or of the company.
with
dim_period as (select * from sop.dim_period),
items as (select * from core.items),
product_launches as (select * from staging.product_launches),
engineering_changes as (select * from staging.engineering_changes),
promotions as (
    select
        * replace (nullif(item_id, '*') as item_id, nullif(family_id, '*') as family_id)
    from staging.promotions
),
assumptions as (select * from sop.assumptions),
decisions as (select * from sop.decisions),
this_period as (select * from dim_period where periods_from_now = 0),
noted(kind_order, note_kind, note_id, family_id, note_date, effect_ratio, note) as (
    select
        1,
        'launch',
        product_launches.item_id,
        items.family_id,
        product_launches.launch_date,
        null::double,
        concat(items.item_name, ' on sale from ', product_launches.launch_date, ', confidence ' || product_launches.confidence)
    from product_launches
    inner join items using (item_id)
    where product_launches.launch_date >= (select period_start from this_period)
    union all
    select
        2,
        'phase_out',
        item_id,
        family_id,
        phase_out_date,
        null,
        concat(item_name, ' off sale after ', phase_out_date, ', succeeded by ' || successor_item_id)
    from items
    where phase_out_date >= (select period_start from this_period)
    union all
    select
        3,
        'engineering_change',
        engineering_changes.change_id,
        items.family_id,
        engineering_changes.effective_date,
        null,
        concat(
            engineering_changes.change_id, ': ', engineering_changes.old_item_id || ' gives way to ', engineering_changes.new_item_id, ' from ',
            engineering_changes.effective_date, ', old stock: ', replace(engineering_changes.disposition, '_', ' '), ', ',
            engineering_changes.change_status
        )
    from engineering_changes
    inner join items on engineering_changes.new_item_id = items.item_id
    where engineering_changes.effective_date >= (select period_start from this_period)
    union all
    select
        4,
        'promotion',
        promotions.promotion_id,
        coalesce(promotions.family_id, items.family_id),
        promotions.start_date,
        promotions.uplift_ratio,
        concat(
            promotions.promotion_id, ' on ', coalesce(items.item_name, 'the whole family'), ', ', promotions.start_date, ' to ',
            promotions.end_date, ', ', promotions.promotion_status
        )
    from promotions
    left join items using (item_id)
    where promotions.end_date >= $as_of_date and promotions.promotion_status in ('planned', 'committed')
    union all
    select
        case when effect_ratio < 0 then 6 else 5 end,
        case when effect_ratio < 0 then 'risk' else 'assumption' end,
        assumption_id,
        family_id,
        period_from,
        effect_ratio,
        concat(
            statement, ' (', assumption_status, ', probability ' || round(probability, 2), ', ' || owner, ')'
        )
    from assumptions
    where period_to >= (select period_start from this_period) and assumption_status <> 'expired'
    union all
    select
        7,
        'decision',
        decision_id,
        family_id,
        $as_of_date,
        null,
        concat(text, ' (', decision_status, ', ' || owner, ', due ' || due_date, ')')
    from decisions
    where not is_closed
),
dated as (
    select
        *,
        greatest(note_date, (select period_start from this_period)) as shown_date
    from noted
    where kind_order > 4 or family_id is not null
)
select
    case when dated.family_id is null then 'company' else 'family' end::varchar as level,
    coalesce(dated.family_id, '*')::varchar as level_id,
    row_number() over (
        partition by dated.family_id
        order by dated.kind_order, dated.note_date, dated.note_id, dated.note
    )::bigint as line,
    dated.note_kind::varchar as note_kind,
    dated.note_id::varchar as note_id,
    dim_period.period_start::date as period_start,
    dated.note_date::date as note_date,
    dated.effect_ratio::double as effect_ratio,
    dated.note::varchar as note
from dated
inner join dim_period on dated.shown_date between dim_period.period_start and dim_period.period_end
