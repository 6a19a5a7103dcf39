"""The demo company of any size, seeded: its settings, its extracts and the story in them. Reading a company folder stays out."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from sop_pipeline.demo import (
    tables_engineering,
    tables_finance,
    tables_planning,
    tables_production,
    tables_sales,
    tables_supply_chain,
)
from sop_pipeline.demo.dirt import Blemish, soil
from sop_pipeline.demo.frames import Files, by_year, to_csv, to_german_csv
from sop_pipeline.demo.settings import GERMAN_INVENTORY, settings_text
from sop_pipeline.demo.story import readme
from sop_pipeline.demo.world import World, simulate

__all__ = ["DEFAULT_SEED", "write_demo"]

DEFAULT_SEED = 2026

_BY_YEAR = {
    "sales_orders": "order_date",
    "shipments": "ship_date",
    "production_history": "completion_date",
    "inventory": "snapshot_date",
    "inventory_movements": "movement_date",
}
_DEPARTMENTS: dict[str, dict[str, Callable[[World], pl.DataFrame]]] = {
    "sales": {name: getattr(tables_sales, name) for name in ("sales_forecasts", "customers")},
    "marketing": {name: getattr(tables_sales, name) for name in ("promotions", "product_launches", "market_assumptions")},
    "engineering": {
        name: getattr(tables_engineering, name)
        for name in (
            "items", "product_families", "unit_conversions", "bill_of_materials", "planning_bills", "routings", "bill_of_resources", "engineering_changes",
        )
    },
    "finance": {
        name: getattr(tables_finance, name)
        for name in ("standard_costs", "prices", "business_plan", "exchange_rates", "planning_costs", "business_objectives", "control_totals")
    },
    "production": {
        name: getattr(tables_production, name)
        for name in ("resources", "resource_capacity", "workforce", "working_calendar", "production_history", "open_work_orders")
    },
    "supply_chain": {
        name: getattr(tables_supply_chain, name)
        for name in (
            "inventory", "inventory_movements", "inventory_policies", "suppliers", "supplier_items", "supplier_capacity", "open_purchase_orders",
            "purchase_receipts",
        )
    },
    "planning": {
        name: getattr(tables_planning, name) for name in ("overrides", "approved_plans", "supply_policies", "scenarios", "decisions")
    },
}  # fmt: skip


def write_demo(directory: Path, *, families: int = 12, items: int = 300, years: int = 4, seed: int = DEFAULT_SEED) -> None:
    """Write the demo company into `directory`: sop.yaml, extracts/<department>/<extract>.csv and README.md.

    The same arguments give the same bytes: nothing is read from the clock or the machine. `items` counts what is sold; components come
    on top. `years` is the length of the history. Raises ValueError where there is less than one item a family, or less than a year.
    """
    for path, content in demo_files(families=families, items=items, years=years, seed=seed).items():
        target = directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def demo_files(*, families: int, items: int, years: int, seed: int) -> Files:
    """The files of the demo company by their path below its folder."""
    if families < 1 or items < families or years < 1:
        raise ValueError(
            f"a demo company of {families} families, {items} items, {years} years cannot be made: give at least one family, one item a family and one year"
        )
    world = simulate(families, items, years, seed)
    files = _extract_files(world)
    blemishes: list[Blemish] = soil(files, world)
    files["sop.yaml"] = settings_text(world).encode()
    files["README.md"] = readme(world, blemishes).encode()
    return files


def _extract_files(world: World) -> Files:
    files: Files = {}
    numbers = tables_sales.orders(world)
    for name, table in (("sales_orders", tables_sales.sales_orders(world, numbers)), ("shipments", tables_sales.shipments(world, numbers))):
        for path, part in by_year(f"extracts/sales/{name}", table, _BY_YEAR[name]).items():
            files[path] = to_csv(part)
    for department, tables in _DEPARTMENTS.items():
        for name, build in tables.items():
            path, table = f"extracts/{department}/{name}", build(world)
            parts = by_year(path, table, _BY_YEAR[name]) if name in _BY_YEAR else {f"{path}.csv": table}
            for part_path, part in parts.items():
                files[part_path] = to_german_csv(part, GERMAN_INVENTORY) if name == "inventory" else to_csv(part)
    return files
