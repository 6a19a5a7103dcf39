"""What a line of the review sheet is called, how it is shown and totalled, and what it follows from. Values and cells stay out."""

from dataclasses import dataclass
from typing import Literal

Style = Literal["quantity", "change", "money", "money_change", "ratio", "days", "heads", "hours"]
Total = Literal["sum", "first", "last", "ratio", "none"]

SECTION_TITLES = {
    "calendar": "Calendar",
    "demand": "Demand",
    "supply": "Supply",
    "inventory": "Inventory",
    "backlog": "Backlog",
    "resources": "Resources",
    "money": "Money",
    "performance": "Performance",
    "notes": "Product changes, assumptions, risks, decisions",
}
NOTE_TITLES = {
    "launch": "Launch",
    "phase_out": "Phase-out",
    "engineering_change": "Engineering change",
    "promotion": "Promotion",
    "assumption": "Assumption",
    "risk": "Risk",
    "decision": "Decision",
}
COLUMN_TITLES = {"history": "actual", "to_date": "to date", "remainder": "to go", "current": "together", "horizon": "plan"}


@dataclass(frozen=True)
class LineKind:
    """One measure of the sheet.

    `terms`: measures of the same column that it adds (+1) or subtracts (-1). `before`: one more measure, of the column before.
    `ratio`: numerator and denominator. `is_additive`: the current period is to date + to go. `is_quiet`: worth a look only where not 0.
    `is_key`: what the eye should find first.
    """

    label: str
    style: Style
    total: Total = "none"
    terms: tuple[tuple[int, str], ...] = ()
    before: str | None = None
    ratio: tuple[str, str] | None = None
    is_additive: bool = False
    is_quiet: bool = False
    is_key: bool = False


def _flow(label: str, *, is_quiet: bool = False, is_key: bool = False) -> LineKind:
    return LineKind(label, "quantity", "sum", is_additive=True, is_quiet=is_quiet, is_key=is_key)


def _difference(label: str, plus: str, minus: str, style: Style = "change", total: Total = "sum") -> LineKind:
    return LineKind(label, style, total, terms=((1, plus), (-1, minus)))


def _running(label: str, of: str, itself: str) -> LineKind:
    return LineKind(label, "change", "last", terms=((1, of),), before=itself)


# Stock is rolled with what was made, and with what is planned to be made where nothing was yet.
STOCK_TERMS = (
    (1, "opening_inventory_quantity"),
    (1, "made_quantity"),
    (1, "subcontract_quantity"),
    (1, "purchase_quantity"),
    (1, "other_movement_quantity"),
    (-1, "issued_quantity"),
    (-1, "shipped_quantity"),
    (1, "unexplained_quantity"),
)
MADE = ("production_quantity", "planned_production_quantity")  # either of them is what made_quantity means

LINES: dict[str, LineKind] = {
    "working_days": LineKind("Working days", "days", "sum", is_additive=True),
    "approved_demand_quantity": LineKind("Sales plan, old (approved)", "quantity", "sum"),
    "consensus_quantity": LineKind("Sales plan, new (consensus)", "quantity", "sum", is_key=True),
    "demand_plan_change_quantity": _difference("Change, new − old", "consensus_quantity", "approved_demand_quantity"),
    "booked_quantity": _flow("Booked"),
    "orders_due_quantity": LineKind("Orders in hand, due", "quantity", "sum"),
    "demand_quantity": _flow("Demand", is_key=True),
    "shipped_quantity": _flow("Shipped"),
    "previous_year_demand_quantity": LineKind("Demand a year ago", "quantity", "sum"),
    "demand_variance_quantity": _difference("Variance, demand − sales plan", "demand_quantity", "approved_demand_quantity"),
    "cumulative_demand_variance_quantity": _running(
        "Variance, cumulative", "demand_variance_quantity", "cumulative_demand_variance_quantity"
    ),
    "business_plan_quantity": LineKind("Business plan", "quantity", "sum"),
    "business_plan_gap_quantity": _difference("Gap, sales plan − business plan", "consensus_quantity", "business_plan_quantity"),
    "approved_production_quantity": LineKind("Production plan, old (approved)", "quantity", "sum"),
    "planned_production_quantity": LineKind("Production plan, new", "quantity", "sum", is_key=True),
    "production_plan_change_quantity": _difference("Change, new − old", "planned_production_quantity", "approved_production_quantity"),
    "production_quantity": LineKind("Production, actual", "quantity", "sum"),
    "production_variance_quantity": _difference("Variance, production − plan", "production_quantity", "approved_production_quantity"),
    "cumulative_production_variance_quantity": _running(
        "Variance, cumulative", "production_variance_quantity", "cumulative_production_variance_quantity"
    ),
    "scheduled_quantity": LineKind("Master schedule, open orders", "quantity", "sum"),
    "schedule_difference_quantity": _difference(
        "Schedule − production plan", "scheduled_quantity", "planned_production_quantity", total="none"
    ),
    "subcontract_quantity": _flow("Subcontracted", is_quiet=True),
    "purchase_quantity": _flow("Purchased", is_quiet=True),
    "issued_quantity": _flow("Issued to other families", is_quiet=True),
    "other_movement_quantity": LineKind("Other movements", "change", "sum", is_additive=True, is_quiet=True),
    "opening_inventory_quantity": LineKind("Opening stock", "quantity", "first", before="closing_inventory_quantity"),
    "closing_inventory_quantity": LineKind("Closing stock", "quantity", "last", terms=STOCK_TERMS, is_key=True),
    "unexplained_quantity": LineKind("Unexplained", "change", "sum", is_quiet=True),
    "target_inventory_quantity": LineKind("Target stock", "quantity", "last"),
    "target_inventory_gap_quantity": _difference(
        "Gap, closing − target", "closing_inventory_quantity", "target_inventory_quantity", total="last"
    ),
    "days_of_supply": LineKind("Days of supply", "days", "last"),
    "minimum_inventory_quantity": LineKind("Minimum stock", "quantity", "last"),
    "maximum_inventory_quantity": LineKind("Maximum stock", "quantity", "last"),
    "closing_shortage_quantity": LineKind(
        "Shortage at the end",
        "quantity",
        "last",
        terms=((1, "demand_quantity"), (-1, "shipped_quantity"), (-1, "lost_sales_quantity")),
        before="closing_shortage_quantity",
    ),
    "lost_sales_quantity": LineKind("Lost sales", "quantity", "sum", is_quiet=True),
    "opening_backlog_quantity": LineKind("Opening backlog", "quantity", "first", before="closing_backlog_quantity"),
    "closing_backlog_quantity": LineKind(
        "Closing backlog",
        "quantity",
        "last",
        terms=((1, "opening_backlog_quantity"), (1, "booked_quantity"), (-1, "shipped_quantity")),
        is_key=True,
    ),
    "target_backlog_quantity": LineKind("Target backlog", "quantity", "last"),
    "backlog_days": LineKind("Backlog in working days", "days", "last"),
    "past_due_quantity": LineKind("Of it past due", "quantity", "first"),
    "customer_lead_time_days": LineKind("Customer lead time, days", "days", "last", terms=((1, "backlog_days"),)),
    "target_customer_lead_time_days": LineKind("Lead time the market accepts", "days", "last"),
    "required_capacity": LineKind("load", "hours", "sum"),
    "regular_capacity": LineKind("capacity", "hours", "sum"),
    "load_ratio": LineKind("load ÷ capacity", "ratio", "ratio", ratio=("required_capacity", "regular_capacity")),
    "required_heads": LineKind("Heads needed", "heads"),
    "planned_heads": LineKind("Heads on hand, all crews used", "heads"),
    "productivity_ratio": LineKind("productivity, hours needed ÷ paid", "ratio"),
    "revenue_amount": LineKind("Revenue", "money", "sum", is_additive=True, is_key=True),
    "margin_amount": LineKind("Margin", "money", "sum", is_additive=True),
    "inventory_value_amount": LineKind("Inventory value at the end", "money", "last"),
    "business_plan_gap_amount": LineKind("Gap, revenue − business plan", "money_change", "sum"),
    "on_time_in_full_ratio": LineKind("Service, on time in full", "ratio"),
    "plan_attainment_ratio": LineKind("Plan attainment", "ratio", "ratio", ratio=("production_quantity", "approved_production_quantity")),
    "error_lag_1_ratio": LineKind("Forecast error, lag 1", "ratio"),
    "bias_lag_1_ratio": LineKind("Forecast bias, lag 1", "ratio"),
    "error_lag_3_ratio": LineKind("Forecast error, lag 3", "ratio"),
    "bias_lag_3_ratio": LineKind("Forecast bias, lag 3", "ratio"),
}
