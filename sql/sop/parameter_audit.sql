-- One row per cycle, planning parameter, item and supplier: what the master data say and what the records of a season measure.
with
periods as (select * from core.periods),
items as (select * from core.items),
routing_usage as (select * from core.routing_usage where not is_subcontract),
resources as (select * from core.resources),
routings as (select * from staging.routings),
production_history as (select * from staging.production_history),
purchase_receipts as (select * from staging.purchase_receipts),
open_purchase_orders as (select * from staging.open_purchase_orders),
item_suppliers as (select * from core.item_suppliers),
unit_factors as (select * from core.unit_factors),
-- how far a measurement may lie from the master, and how many it takes to say so
tolerances(parameter, unit, tolerance_ratio, least_observations) as (
    values
    ('lead_time_days', 'calendar days', 0.2, 3),
    ('yield_ratio', 'ratio', 0.02, 5),
    ('machine_hours_per_unit', 'hours per item unit', 0.1, 5),
    ('labour_hours_per_unit', 'hours per item unit', 0.1, 5),
    ('minimum_order_quantity', 'item units', 0.0, 3)
),
season as (
    select
        min(period_start) as first_day,
        $as_of_date::date - 1 as last_day
    from periods
    where periods_from_now between -season_length_periods and -1
),
completed as (
    select production_history.*
    from production_history
    semi join items on production_history.item_id = items.item_id
    inner join season on production_history.completion_date between season.first_day and season.last_day
),
-- a routing that starts to hold later counts now for an item that has no other
routed as (
    select *
    from routings
    qualify
        coalesce(valid_from, date '1900-01-01') <= $as_of_date
        or not bool_or(coalesce(valid_from, date '1900-01-01') <= $as_of_date) over (partition by item_id)
),
-- what was made in house tells of the routing it was made on only where there is one
yields as (
    select
        item_id,
        any_value(master_value) as master_value
    from (
        select
            routed.item_id,
            routed.routing_id,
            product(coalesce(routed.yield_ratio, 1)) as master_value
        from routed
        left join resources on routed.resource_id = resources.resource_id
        group by routed.item_id, routed.routing_id
        having not bool_and(coalesce(resources.resource_type = 'subcontractor', false))
    ) as of_routings
    group by item_id
    having count(*) = 1
),
hours as (
    select
        routing_usage.item_id,
        sum(routing_usage.usage_per_unit::decimal(38, 9)) filter (where resources.resource_type = 'equipment')::double as machine_hours_per_unit,
        sum(routing_usage.usage_per_unit::decimal(38, 9)) filter (where resources.resource_type = 'labour')::double as labour_hours_per_unit
    from routing_usage
    inner join resources on routing_usage.resource_id = resources.resource_id and resources.capacity_unit = 'hours'
    group by routing_usage.item_id
),
-- hours are booked with or without setups: either agrees with the routing
run_hours as (
    select
        item_id,
        min(run_hours_per_unit) as run_hours_per_unit
    from (
        select
            routed.item_id,
            routed.routing_id,
            sum(routed.run_hours_per_unit::decimal(38, 9))::double as run_hours_per_unit
        from routed
        inner join resources
            on routed.resource_id = resources.resource_id and resources.capacity_unit = 'hours' and resources.resource_type = 'equipment'
        group by routed.item_id, routed.routing_id
    ) as of_routings
    group by item_id
),
made as (
    select
        item_id,
        -- where scrap is reported at all, a completion without any had none
        sum(good_quantity::decimal(38, 6)) as good_quantity,
        sum(scrap_quantity::decimal(38, 6)) as scrap_quantity,
        count(*) as observations,
        sum(machine_hours::decimal(38, 6)) as machine_hours,
        sum(good_quantity::decimal(38, 6)) filter (where machine_hours is not null) as good_of_machine,
        count(machine_hours) as machine_observations,
        sum(labour_hours::decimal(38, 6)) as labour_hours,
        sum(good_quantity::decimal(38, 6)) filter (where labour_hours is not null) as good_of_labour,
        count(labour_hours) as labour_observations
    from completed
    group by item_id
),
-- a receipt tells its lead time where its order is still open, or was on an earlier night, and says when it was placed
placed as (
    select purchase_order_id, item_id, min(order_date) as order_date
    from (
        select purchase_order_id, item_id, order_date from open_purchase_orders
        union
        select purchase_order_id, item_id, order_date from raw.recorded_purchase_orders
    ) as known
    group by purchase_order_id, item_id
),
received as (
    select
        purchase_receipts.item_id,
        purchase_receipts.supplier_id,
        purchase_receipts.received_date - placed.order_date as lead_time_days
    from purchase_receipts
    inner join placed on purchase_receipts.purchase_order_id = placed.purchase_order_id and purchase_receipts.item_id = placed.item_id
    where purchase_receipts.received_date < $as_of_date and purchase_receipts.received_date >= placed.order_date
),
-- an order on its way takes as long as the supplier has confirmed, or has kept us waiting already
under_way as (
    select
        item_id,
        supplier_id,
        greatest(coalesce(confirmed_date, due_date), $as_of_date::date) - order_date as lead_time_days
    from open_purchase_orders
    where order_date < $as_of_date
),
lead_times as (
    select
        item_id,
        supplier_id,
        median(lead_time_days) as measured_value,
        count(*) as observations,
        bool_or(is_received) as has_receipts
    from (
        select *, true as is_received from received
        union all
        select *, false as is_received from under_way
    ) as observed
    group by item_id, supplier_id
),
-- what came of one order in the season
orders as (
    select
        purchase_receipts.item_id,
        purchase_receipts.supplier_id,
        coalesce(purchase_receipts.purchase_order_id, purchase_receipts.receipt_id) as order_id,
        sum(purchase_receipts.quantity::decimal(38, 6)) as ordered_quantity
    from purchase_receipts
    inner join season on purchase_receipts.received_date between season.first_day and season.last_day
    where purchase_receipts.quantity > 0
    group by all
),
still_open as (
    select
        open_purchase_orders.item_id,
        open_purchase_orders.supplier_id,
        open_purchase_orders.purchase_order_id as order_id,
        sum((open_purchase_orders.open_quantity * unit_factors.factor)::decimal(38, 6)) as open_quantity
    from open_purchase_orders
    inner join items on open_purchase_orders.item_id = items.item_id
    inner join unit_factors
        on
            open_purchase_orders.item_id = unit_factors.item_id
            and coalesce(open_purchase_orders.unit_of_measure, items.unit_of_measure) = unit_factors.unit_of_measure
    group by all
),
smallest as (
    select
        item_id,
        supplier_id,
        min(ordered_quantity + coalesce(still_open.open_quantity, 0))::double as measured_value,
        count(*) as observations
    from orders
    left join still_open using (item_id, supplier_id, order_id)
    group by item_id, supplier_id
),
measured as (
    select
        'yield_ratio' as parameter,
        made.item_id,
        '' as supplier_id,
        yields.master_value,
        yields.master_value as least_value,
        (made.good_quantity / nullif((made.good_quantity + made.scrap_quantity)::double, 0))::double as measured_value,
        made.observations,
        'production_history' as basis
    from made
    inner join yields on made.item_id = yields.item_id
    where made.scrap_quantity is not null
    union all
    select
        'machine_hours_per_unit' as parameter,
        made.item_id,
        '' as supplier_id,
        hours.machine_hours_per_unit as master_value,
        least(run_hours.run_hours_per_unit, hours.machine_hours_per_unit) as least_value,
        (made.machine_hours / nullif(made.good_of_machine::double, 0))::double as measured_value,
        made.machine_observations as observations,
        'production_history' as basis
    from made
    inner join hours on made.item_id = hours.item_id
    inner join run_hours on made.item_id = run_hours.item_id
    where made.machine_observations > 0 and hours.machine_hours_per_unit is not null
    union all
    select
        'labour_hours_per_unit' as parameter,
        made.item_id,
        '' as supplier_id,
        hours.labour_hours_per_unit as master_value,
        hours.labour_hours_per_unit as least_value,
        (made.labour_hours / nullif(made.good_of_labour::double, 0))::double as measured_value,
        made.labour_observations as observations,
        'production_history' as basis
    from made
    inner join hours on made.item_id = hours.item_id
    where made.labour_observations > 0 and hours.labour_hours_per_unit is not null
    union all
    select
        'lead_time_days' as parameter,
        lead_times.item_id,
        lead_times.supplier_id,
        item_suppliers.lead_time_days as master_value,
        item_suppliers.lead_time_days as least_value,
        lead_times.measured_value,
        lead_times.observations,
        case when lead_times.has_receipts then 'purchase_receipts' else 'open_purchase_orders' end as basis
    from lead_times
    inner join item_suppliers on lead_times.item_id = item_suppliers.item_id and lead_times.supplier_id = item_suppliers.supplier_id
    union all
    select
        'minimum_order_quantity' as parameter,
        smallest.item_id,
        smallest.supplier_id,
        item_suppliers.minimum_order_quantity as master_value,
        item_suppliers.minimum_order_quantity as least_value,
        smallest.measured_value,
        smallest.observations,
        'purchase_receipts' as basis
    from smallest
    inner join item_suppliers on smallest.item_id = item_suppliers.item_id and smallest.supplier_id = item_suppliers.supplier_id
    where item_suppliers.minimum_order_quantity > 0
),
judged as (
    select
        measured.*,
        tolerances.unit,
        tolerances.tolerance_ratio,
        tolerances.least_observations,
        case
            when measured.measured_value between measured.least_value and measured.master_value then 0
            when measured.measured_value < measured.least_value then measured.measured_value / nullif(measured.least_value, 0) - 1
            else measured.measured_value / nullif(measured.master_value, 0) - 1
        end as drift_ratio
    from measured
    inner join tolerances on measured.parameter = tolerances.parameter
    where measured.measured_value is not null
)
select
    (select period_label from periods where periods_from_now = 0)::varchar as cycle_id,
    judged.parameter::varchar as parameter,
    judged.item_id::varchar as item_id,
    items.family_id::varchar as family_id,
    judged.supplier_id::varchar as supplier_id,
    judged.unit::varchar as unit,
    judged.master_value::double as master_value,
    judged.measured_value::double as measured_value,
    judged.drift_ratio::double as drift_ratio,
    judged.tolerance_ratio::double as tolerance_ratio,
    judged.observations::bigint as observations,
    judged.basis::varchar as basis,
    case
        when judged.observations < judged.least_observations then 'too few'
        -- orders above the minimum say nothing against it, orders below it do
        when judged.parameter = 'minimum_order_quantity' and judged.drift_ratio >= 0 then 'agrees'
        when abs(judged.drift_ratio) <= judged.tolerance_ratio then 'agrees'
        else 'drifted'
    end::varchar as verdict
from judged
inner join items on judged.item_id = items.item_id
