"""What a row of an extract stands for: its quantity, its value, the day it became a fact. One line an extract; nothing is computed here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Worth:
    """Columns that say how much a row is about: `amount` is its value, or `price` per `per_quantity` times `quantity` is."""

    quantity: str | None = None
    amount: str | None = None
    price: str | None = None
    per_quantity: str | None = None


@dataclass(frozen=True)
class FactDate:
    """The day a row became a fact. `counts_on_the_day`: submissions and decisions count on the as-of date, everything else before it."""

    column: str
    counts_on_the_day: bool = False


WORTH: dict[str, Worth] = {
    "sales_orders": Worth("ordered_quantity", price="net_unit_price", per_quantity="per_quantity"),
    "shipments": Worth("shipped_quantity", amount="net_amount"),
    "sales_forecasts": Worth("quantity"),
    "promotions": Worth("uplift_quantity", amount="cost"),
    "product_launches": Worth("expected_period_quantity"),
    "business_plan": Worth("quantity", amount="revenue"),
    "production_history": Worth("good_quantity"),
    "open_work_orders": Worth("remaining_quantity"),
    "inventory": Worth("quantity"),
    "inventory_movements": Worth("quantity"),
    "inventory_policies": Worth("target_quantity"),
    "supplier_capacity": Worth("maximum_quantity"),
    "open_purchase_orders": Worth("open_quantity", price="unit_price"),
    "purchase_receipts": Worth("quantity", price="unit_price"),
    "overrides": Worth("quantity"),
    "approved_plans": Worth("demand_quantity", amount="revenue"),
}

FACT_DATE: dict[str, FactDate] = {
    "sales_orders": FactDate("order_date"),
    "shipments": FactDate("ship_date"),
    "production_history": FactDate("completion_date"),
    "inventory": FactDate("snapshot_date"),
    "inventory_movements": FactDate("movement_date"),
    "purchase_receipts": FactDate("received_date"),
    "open_purchase_orders": FactDate("order_date"),
    "sales_forecasts": FactDate("submitted_on", counts_on_the_day=True),
    "business_plan": FactDate("approved_on", counts_on_the_day=True),
    "approved_plans": FactDate("approved_on", counts_on_the_day=True),
    "overrides": FactDate("entered_on", counts_on_the_day=True),
    "decisions": FactDate("raised_on", counts_on_the_day=True),
}
