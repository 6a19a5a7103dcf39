"""The balance as sums: which other columns of the row a column is made of. Where those come from stays out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

FLOWS = ("demand", "booked", "shipped", "production", "subcontract", "purchase", "issued", "other_movement")
STOCK = (
    (1, "opening_inventory_quantity"),
    (1, "production_quantity"),
    (1, "subcontract_quantity"),
    (1, "purchase_quantity"),
    (1, "other_movement_quantity"),
    (-1, "issued_quantity"),
    (-1, "shipped_quantity"),
    (1, "unexplained_quantity"),
)
BACKLOG = ((1, "opening_backlog_quantity"), (1, "booked_quantity"), (-1, "shipped_quantity"))
SHORTAGE = ((1, "opening_shortage_quantity"), (1, "demand_quantity"), (-1, "shipped_quantity"), (-1, "lost_sales_quantity"))
SUMS = {
    "closing_inventory_quantity": STOCK,
    "closing_backlog_quantity": BACKLOG,
    "closing_shortage_quantity": SHORTAGE,
    "margin_amount": ((1, "revenue_amount"), (-1, "cost_of_sales_amount")),
    "business_plan_gap_amount": ((1, "revenue_amount"), (-1, "business_plan_revenue_amount")),
}
# supply is what the closing takes: the sum of the stock (made to order: of the backlog) solved for it
SUPPLY = ("production_quantity", "subcontract_quantity", "purchase_quantity")
SUPPLY_OF_STOCK = (
    (1, "closing_inventory_quantity"),
    (1, "shipped_quantity"),
    (1, "issued_quantity"),
    (-1, "other_movement_quantity"),
    (-1, "opening_inventory_quantity"),
    (-1, "unexplained_quantity"),
)
SHIPPED_OF_BACKLOG = ((1, "opening_backlog_quantity"), (1, "booked_quantity"), (-1, "closing_backlog_quantity"))
SHIPPED_OF_SHORTAGE = (
    (1, "opening_shortage_quantity"),
    (1, "demand_quantity"),
    (-1, "lost_sales_quantity"),
    (-1, "closing_shortage_quantity"),
)


@dataclass(frozen=True)
class Term:
    """One column of a sum, with its sign."""

    name: str
    value: float


def terms_of(measure: str, balance: Mapping[str, Any]) -> list[Term]:
    """The signed terms whose sum the column is, in planning units or money; empty where it is no sum of other columns.

    `balance`: a row of sop.current_balance. A term that is not known is left out: it counts as nothing in the balance too.
    """
    parts: tuple[tuple[int, str], ...] = SUMS.get(measure, ())
    if measure in SUPPLY:
        parts = SUPPLY_OF_STOCK + tuple((-1, other) for other in SUPPLY if other != measure)
    elif measure == "shipped_quantity" and balance["period_kind"] != "history":
        parts = SHIPPED_OF_SHORTAGE if balance["production_strategy"] == "make_to_stock" else SHIPPED_OF_BACKLOG
    return [Term(name, sign * float(balance[name])) for sign, name in parts if balance[name] is not None]


def parts_of_the_current_period(measure: str, balance: Mapping[str, Any]) -> list[Term]:
    """What has passed of a flow of the current period, and what is to come; empty elsewhere."""
    flow = measure.removesuffix("_quantity")
    if balance["period_kind"] != "current" or flow not in FLOWS or balance[measure] is None:
        return []
    passed = float(balance[f"{flow}_to_date_quantity"] or 0)
    return [Term(f"{flow}_to_date_quantity", passed), Term(f"{flow}_remainder_quantity", float(balance[measure]) - passed)]
