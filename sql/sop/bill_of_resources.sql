-- One row per cycle, family and resource: what a planning unit takes of it, from routings and mix, and as maintained by hand.
with
periods as (select * from core.periods),
families as (select * from core.families),
items as (select * from core.items where family_id is not null),
resources as (select * from core.resources),
item_mix as (select * from core.item_mix),
planning_options as (select * from core.planning_options),
family_resources as (select * from core.family_resources),
item_resources as (select * from core.item_resources where basis in ('routing', 'bill_of_materials')),
bill_of_resources as (
    select
        nullif(family_id, '*') as family_id,
        nullif(item_id, '*') as item_id,
        resource_id,
        usage_per_unit
    from staging.bill_of_resources
    where coalesce(valid_from, date '1900-01-01') <= $as_of_date
    qualify row_number() over (partition by family_id, item_id, resource_id order by valid_from desc nulls last) = 1
),
-- item units in a planning unit of the family; options and common parts that it holds itself stand beside the mix
contents as (
    select
        item_mix.item_id,
        item_mix.family_id,
        item_mix.supply_mix_ratio / items.planning_units_per_unit as units_per_planning_unit
    from item_mix
    inner join items on item_mix.item_id = items.item_id
    union all
    select
        planning_options.item_id,
        planning_options.family_id,
        planning_options.quantity_per_unit as units_per_planning_unit
    from planning_options
    inner join items on planning_options.item_id = items.item_id and planning_options.family_id = items.family_id
),
used as (
    select
        family_id,
        resource_id,
        sum(usage_per_unit::decimal(38, 9)) as usage_per_unit
    from family_resources
    group by family_id, resource_id
),
derived as (
    select
        contents.family_id,
        item_resources.resource_id,
        sum((contents.units_per_planning_unit * item_resources.usage_per_unit)::decimal(38, 9)) as usage_per_unit
    from contents
    inner join item_resources on contents.item_id = item_resources.item_id
    group by contents.family_id, item_resources.resource_id
    having sum((contents.units_per_planning_unit * item_resources.usage_per_unit)::decimal(38, 9)) > 0
),
-- a family's own bill, else those of its items in their mix
maintained as (
    select
        family_id,
        resource_id,
        usage_per_unit::decimal(38, 9) as usage_per_unit
    from bill_of_resources
    where family_id is not null
    union all
    select
        contents.family_id,
        bill_of_resources.resource_id,
        sum((contents.units_per_planning_unit * bill_of_resources.usage_per_unit)::decimal(38, 9)) as usage_per_unit
    from contents
    inner join bill_of_resources on contents.item_id = bill_of_resources.item_id
    where contents.family_id not in (select family_id from bill_of_resources where family_id is not null)
    group by contents.family_id, bill_of_resources.resource_id
),
families_maintained as (select distinct family_id from maintained),
compared as (
    select
        coalesce(used.family_id, derived.family_id, maintained.family_id) as family_id,
        coalesce(used.resource_id, derived.resource_id, maintained.resource_id) as resource_id,
        used.usage_per_unit as used,
        derived.usage_per_unit as derived,
        maintained.usage_per_unit as maintained
    from used
    full join derived on used.family_id = derived.family_id and used.resource_id = derived.resource_id
    full join maintained
        on
            coalesce(used.family_id, derived.family_id) = maintained.family_id
            and coalesce(used.resource_id, derived.resource_id) = maintained.resource_id
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    compared.family_id::varchar as family_id,
    compared.resource_id::varchar as resource_id,
    resources.resource_name::varchar as resource_name,
    families.planning_unit::varchar as planning_unit,
    resources.capacity_unit::varchar as capacity_unit,
    compared.used::double as usage_per_unit,
    compared.derived::double as derived_usage_per_unit,
    compared.maintained::double as maintained_usage_per_unit,
    (compared.maintained::double / nullif(compared.derived::double, 0) - 1)::double as difference_ratio,
    case
        when resources.is_stock_based then 'taken by stock'
        when families_maintained.family_id is null then 'not maintained'
        when compared.maintained is null then 'only derived'
        when compared.derived is null then 'only maintained'
        -- a twentieth, as the rule on the bills of items has it
        when abs(compared.maintained - compared.derived) <= 0.05 * compared.maintained then 'agrees'
        else 'differs'
    end::varchar as verdict
from compared
inner join families on compared.family_id = families.family_id
inner join resources on compared.resource_id = resources.resource_id
left join families_maintained on compared.family_id = families_maintained.family_id
