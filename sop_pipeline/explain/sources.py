"""Which rows of which extract stand behind a measure of a family and period, by file and line. How a night uses them stays in `sql/`.

The queries run on the working warehouse; each gives source_file, source_line, what the row says, and its quantity or money.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

DEMAND = ("demand_quantity", "consensus_quantity", "statistical_quantity")
MONEY = ("revenue_amount", "cost_of_sales_amount", "margin_amount", "business_plan_gap_amount", "revenue_budget_rate_amount")
STOCK = ("opening_inventory_quantity", "closing_inventory_quantity", "unexplained_quantity", "inventory_value_amount", "days_of_supply")
TARGETS = ("target_inventory_quantity", "minimum_inventory_quantity", "maximum_inventory_quantity", "target_backlog_quantity")
BACKLOG = (
    "opening_backlog_quantity",
    "closing_backlog_quantity",
    "past_due_quantity",
    "opening_shortage_quantity",
    "customer_lead_time_days",
)
SUPPLY = ("production_quantity", "subcontract_quantity", "purchase_quantity")
LOADS = ("load_ratio", "required_heads", "binding_resource_id")

ITEMS = "(select item_id from core.items where family_id = $family_id)"
CELL_ROWS = f"(nullif(family_id, '*') = $family_id or item_id in {ITEMS})"
PASSED = "between $period_start and $period_end and {} < $as_of_date"
ORDERS = """
from core.order_lines
inner join staging.sales_orders as sent
    on
        order_lines.order_id = sent.order_id
        and order_lines.order_line = sent.order_line
        and order_lines.schedule_line = coalesce(nullif(sent.schedule_line, '*'), '')
where order_lines.family_id = $family_id
"""
DEMAND_DAY = """
case
    when (select production_strategy from core.families where family_id = $family_id) = 'make_to_stock' then order_lines.demand_date
    else order_lines.order_date
end
"""


@dataclass(frozen=True)
class Source:
    """Rows of one extract. `when`: planned, passed (history and what has passed of the current period) or any."""

    extract: str
    measures: tuple[str, ...]
    when: str
    rows: str

    @property
    def parameters(self) -> frozenset[str]:
        return frozenset(re.findall(r"\$([a-z_]+)", self.rows))


def _orders(which: str, quantity: str) -> str:
    text = "concat('order ', sent.order_id, ' line ', sent.order_line, ', ', sent.item_id, ', due ', order_lines.due_date)"
    number = f"order_lines.{quantity} * order_lines.planning_units_per_unit"
    return f"select sent.source_file, sent.source_line, {text}, {number} {ORDERS} and {which}"


def _items(extract: str, text: str, quantity: str, which: str) -> str:
    """Rows of an extract by item, in planning units."""
    return (
        f"select sent.source_file, sent.source_line, concat_ws(', ', sent.item_id, {text}),"
        f" sent.{quantity} * items.planning_units_per_unit from staging.{extract} as sent inner join core.items using (item_id)"
        f" where items.family_id = $family_id and {which}"
    )


def _cell(extract: str, text: str, quantity: str, which: str) -> str:
    """Rows of an extract by family or item, as sent."""
    return f"select source_file, source_line, concat_ws(', ', {text}), {quantity} from staging.{extract} where {CELL_ROWS} and {which}"


SUBMITTED = _cell(
    "sales_forecasts",
    "nullif(item_id, '*'), nullif(customer_group, '*'), 'submitted ' || submitted_on || ' by ' || author, reason",
    "quantity",
    "period_start = $period_start and submitted_on <= $as_of_date"
    " qualify row_number() over (partition by item_id, family_id, customer_group order by submitted_on desc, source_line desc) = 1",
)
OVERRIDDEN = _cell(
    "overrides",
    "nullif(item_id, '*'), override_id || ', ' || step, 'by ' || author, reason",
    "coalesce(quantity, change_quantity, change_ratio)",
    "period_start = $period_start and entered_on <= $as_of_date and measure in ({})",
)
PROMOTED = _cell(
    "promotions",
    "promotion_id, promotion_status, start_date || ' to ' || end_date",
    "coalesce(uplift_quantity, uplift_ratio)",
    "start_date <= $period_end and end_date >= $period_start",
)
ASSUMED = """
select source_file, source_line, concat_ws(', ', assumption_id, statement, assumption_status), effect_ratio
from staging.market_assumptions
where
    coalesce(nullif(family_id, '*'), $family_id) = $family_id
    and period_from <= $period_start and period_to >= $period_start and assumption_status in ('open', 'confirmed')
"""
LAUNCHED = f"""
select source_file, source_line, concat_ws(', ', item_id, 'on sale from ' || launch_date, 'like ' || like_item_id), expected_period_quantity
from staging.product_launches
where item_id in {ITEMS} and launch_date between $as_of_date and $period_end
"""
LAST_COUNT = f"""
select source_file, source_line, concat_ws(', ', item_id, 'counted ' || snapshot_date, nullif(site_id, '*'), stock_status), quantity
from staging.inventory
where
    item_id in {ITEMS}
    and snapshot_date = (
        select max(snapshot_date) from core.family_snapshots
        where family_id = $family_id and snapshot_date < least($as_of_date, $period_end + 1)
    )
"""
BUDGET = """
select source_file, source_line, concat_ws(', ', version, period_months || ' months from ' || period_start), coalesce(quantity, revenue)
from staging.business_plan
where
    plan_level = 'annual'
    and (
        nullif(family_id, '*') = $family_id
        or nullif(product_group, '*') = (select product_group from core.families where family_id = $family_id)
    )
    and period_start <= $period_start and period_start + to_months(period_months::integer) > $period_start
"""
MADE_ON = """
select
    routings.source_file,
    routings.source_line,
    concat_ws(', ', routings.item_id, 'operation ' || routings.operation, routings.resource_id, routings.labour_resource_id),
    routings.run_hours_per_unit
from staging.routings
inner join core.items using (item_id)
where items.family_id = $family_id
"""
APPROVED = """
select source_file, source_line, concat('cycle ', cycle_id, ', approved ', approved_on), {}
from staging.approved_plans
where family_id = $family_id and period_start = $period_start
"""
POLICY = f"select source_file, source_line, concat_ws(', ', {{}}), {{}} from staging.{{}} where {CELL_ROWS} and valid_from <= $period_end"
PRICED = "valid_from <= $period_end qualify row_number() over (partition by item_id order by valid_from desc) = 1"

SOURCES: Sequence[Source] = (
    Source("sales_orders", ("demand_quantity", "booked_quantity"), "passed",
           _orders(f"{DEMAND_DAY} {PASSED.format('order_lines.order_date')}", "net_quantity")),
    Source("sales_orders", (*DEMAND, "booked_quantity", "orders_due_quantity", "shipped_quantity"), "planned",
           _orders("open_quantity > 0 and due_date between greatest($period_start, $as_of_date) and $period_end", "open_quantity")),
    Source("sales_orders", BACKLOG, "planned", _orders("open_quantity > 0 and due_date < $as_of_date", "open_quantity")),
    Source("sales_forecasts", DEMAND, "planned", SUBMITTED),
    Source("promotions", DEMAND, "any", PROMOTED),
    Source("market_assumptions", DEMAND, "planned", ASSUMED),
    Source("product_launches", DEMAND, "planned", LAUNCHED),
    Source("overrides", DEMAND, "planned", OVERRIDDEN.format("'demand'")),
    Source("overrides", (*SUPPLY, *STOCK[:2], "closing_backlog_quantity"), "planned",
           OVERRIDDEN.format("'production', 'subcontract', 'purchase', 'closing_inventory', 'closing_backlog'")),
    Source("shipments", ("shipped_quantity", *MONEY), "passed",
           _items("shipments", "'shipment ' || shipment_id, ship_date", "shipped_quantity", f"ship_date {PASSED.format('ship_date')}")),
    Source("production_history", ("production_quantity",), "passed",
           _items("production_history", "completion_date", "good_quantity", f"completion_date {PASSED.format('completion_date')}")),
    Source("open_work_orders", ("scheduled_quantity", "production_quantity"), "planned",
           _items("open_work_orders", "'order ' || work_order_id, 'due ' || due_date", "remaining_quantity",
                  "due_date between $period_start and $period_end")),
    Source("purchase_receipts", ("purchase_quantity", "subcontract_quantity"), "passed",
           _items("purchase_receipts", "'receipt ' || receipt_id, received_date", "quantity",
                  f"received_date {PASSED.format('received_date')}")),
    Source("inventory_movements", ("other_movement_quantity", "issued_quantity"), "passed",
           _items("inventory_movements", "movement_type, movement_date", "quantity", f"movement_date {PASSED.format('movement_date')}")),
    Source("inventory", STOCK, "any", LAST_COUNT),
    Source("inventory_policies", (*TARGETS, *STOCK), "planned",
           POLICY.format("'from ' || valid_from, 'target days ' || target_days_of_supply, 'service level ' || service_level",
                         "target_quantity", "inventory_policies")),
    Source("approved_plans", ("approved_demand_quantity",), "any", APPROVED.format("demand_quantity")),
    Source("approved_plans", ("approved_production_quantity",), "any", APPROVED.format("production_quantity")),
    Source("business_plan", ("business_plan_quantity", "business_plan_revenue_amount", "business_plan_gap_amount"), "any", BUDGET),
    Source("prices", MONEY, "planned",
           f"select source_file, source_line, concat(item_id, ', from ', valid_from), net_price from staging.prices"
           f" where item_id in {ITEMS} and {PRICED}"),
    Source("standard_costs", ("cost_of_sales_amount", "margin_amount", "inventory_value_amount"), "any",
           f"select source_file, source_line, concat(item_id, ', from ', valid_from), total_cost from staging.standard_costs"
           f" where item_id in {ITEMS} and {PRICED}"),
    Source("routings", LOADS, "planned", MADE_ON),
)  # fmt: skip


def sources_of(measure: str, *, period_kind: str) -> list[Source]:
    """The sources behind a measure of a period: what has passed, what is planned, in the current period both."""
    wanted = {"history": ("passed", "any"), "current": ("passed", "planned", "any"), "horizon": ("planned", "any")}[period_kind]
    return [source for source in SOURCES if measure in source.measures and source.when in wanted]


def query_of(source: Source, limit: int) -> str:
    """The largest rows of a source, with the number there are of them."""
    return (
        "select source_file, source_line, said, quantity::double as quantity, count(*) over () as found"
        f" from ({source.rows}) as rows(source_file, source_line, said, quantity)"
        f" order by abs(quantity) desc nulls last, source_file, source_line limit {limit}"
    )


def values_of(source: Source, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: values[name] for name in sorted(source.parameters)}
