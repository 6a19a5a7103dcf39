"""The extracts departments send: name, department, owner, whether planning can do without it, how often.

Their columns live in the contracts, reading them in landing.
"""

from dataclasses import dataclass
from pathlib import PurePath
from typing import Literal

Cadence = Literal["daily", "weekly", "monthly", "yearly", "on_change"]

SUFFIXES = (".csv", ".tsv", ".txt", ".parquet", ".xlsx")
SEPARATORS = ("_", "-", ".")
# the next step where an optional extract is not sent, which is no mistake
NOTHING_TO_DO = "Nothing to do, unless what depends on it is wanted."


@dataclass(frozen=True)
class Extract:
    """One extract. `is_required`: the pipeline cannot plan without it; `cadence`: how often new facts are expected."""

    name: str
    department: str
    owner: str
    is_required: bool
    cadence: Cadence


_ALL = (
    Extract("sales_orders", "sales", "team:sales", True, "daily"),
    Extract("shipments", "sales", "team:sales", False, "daily"),
    Extract("sales_forecasts", "sales", "team:sales", False, "monthly"),
    Extract("customers", "sales", "team:sales", False, "on_change"),
    Extract("promotions", "marketing", "team:marketing", False, "on_change"),
    Extract("product_launches", "marketing", "team:marketing", False, "on_change"),
    Extract("market_assumptions", "marketing", "team:marketing", False, "monthly"),
    Extract("items", "engineering", "team:engineering", True, "daily"),
    Extract("product_families", "engineering", "team:engineering", True, "on_change"),
    Extract("unit_conversions", "engineering", "team:engineering", False, "on_change"),
    Extract("bill_of_materials", "engineering", "team:engineering", False, "daily"),
    Extract("planning_bills", "engineering", "team:engineering", False, "on_change"),
    Extract("routings", "engineering", "team:engineering", False, "daily"),
    Extract("bill_of_resources", "engineering", "team:engineering", False, "on_change"),
    Extract("engineering_changes", "engineering", "team:engineering", False, "weekly"),
    Extract("standard_costs", "finance", "team:finance", True, "yearly"),
    Extract("prices", "finance", "team:finance", False, "on_change"),
    Extract("business_plan", "finance", "team:finance", False, "yearly"),
    Extract("exchange_rates", "finance", "team:finance", False, "monthly"),
    Extract("fiscal_calendar", "finance", "team:finance", False, "yearly"),
    Extract("planning_costs", "finance", "team:finance", False, "yearly"),
    Extract("business_objectives", "finance", "team:finance", False, "yearly"),
    Extract("control_totals", "finance", "team:finance", False, "monthly"),
    Extract("resources", "production", "team:production", False, "on_change"),
    Extract("resource_capacity", "production", "team:production", False, "monthly"),
    Extract("workforce", "production", "team:production", False, "monthly"),
    Extract("working_calendar", "production", "team:production", False, "yearly"),
    Extract("production_history", "production", "team:production", True, "daily"),
    Extract("open_work_orders", "production", "team:production", False, "daily"),
    Extract("inventory", "supply_chain", "team:supply_chain", True, "daily"),
    Extract("inventory_movements", "supply_chain", "team:supply_chain", False, "daily"),
    Extract("inventory_policies", "supply_chain", "team:supply_chain", False, "monthly"),
    Extract("suppliers", "supply_chain", "team:supply_chain", False, "on_change"),
    Extract("supplier_items", "supply_chain", "team:supply_chain", False, "on_change"),
    Extract("supplier_capacity", "supply_chain", "team:supply_chain", False, "monthly"),
    Extract("open_purchase_orders", "supply_chain", "team:supply_chain", False, "daily"),
    Extract("purchase_receipts", "supply_chain", "team:supply_chain", False, "daily"),
    Extract("overrides", "planning", "team:planning", False, "monthly"),
    Extract("approved_plans", "planning", "team:planning", False, "monthly"),
    Extract("supply_policies", "planning", "team:planning", False, "yearly"),
    Extract("scenarios", "planning", "team:planning", False, "monthly"),
    Extract("decisions", "planning", "team:planning", False, "monthly"),
)

EXTRACTS: dict[str, Extract] = {extract.name: extract for extract in _ALL}


def extract_of_file(file_name: str) -> Extract | None:
    """The extract a file belongs to by its name, or None.

    The stem equals the extract's name, or begins with it followed by `_`, `-` or `.`; the longest such name wins. Files end in
    .csv, .tsv, .txt, .parquet or .xlsx, each also with .gz behind it. Capitals do not matter: some exports write `ITEMS.CSV`.
    """
    name = PurePath(file_name).name.casefold().removesuffix(".gz")
    suffix = next((suffix for suffix in SUFFIXES if name.endswith(suffix)), None)
    if suffix is None:
        return None
    stem = name.removesuffix(suffix)
    fitting = [known for known in EXTRACTS if stem == known or stem.startswith(tuple(known + mark for mark in SEPARATORS))]
    return EXTRACTS[max(fitting, key=len)] if fitting else None
