"""The demo company of any size, seeded: its settings, its extracts and the story in them. Reading a company folder stays out."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from sop_pipeline.demo import (
    tables_engineering,
    tables_finance,
    tables_marketing,
    tables_planning,
    tables_production,
    tables_purchasing,
    tables_sales,
    tables_supply_chain,
)
from sop_pipeline.demo.dirt import soil
from sop_pipeline.demo.frames import Files, by_year, to_csv, to_german_csv
from sop_pipeline.demo.readme import readme
from sop_pipeline.demo.settings import GERMAN_INVENTORY, settings_text
from sop_pipeline.demo.world import World, simulate
from sop_pipeline.extracts import EXTRACTS

__all__ = ["DEFAULT_SEED", "write_demo"]

DEFAULT_SEED = 2026

_BY_YEAR = {
    "sales_orders": "order_date",
    "shipments": "ship_date",
    "production_history": "completion_date",
    "inventory": "snapshot_date",
    "inventory_movements": "movement_date",
}
_TABLES: dict[str, Callable[[World], pl.DataFrame]] = {
    table.__name__: table
    for table in (
        tables_sales.sales_orders,
        tables_sales.shipments,
        tables_sales.sales_forecasts,
        tables_sales.customers,
        tables_marketing.promotions,
        tables_marketing.product_launches,
        tables_marketing.market_assumptions,
        tables_engineering.items,
        tables_engineering.product_families,
        tables_engineering.unit_conversions,
        tables_engineering.bill_of_materials,
        tables_engineering.planning_bills,
        tables_engineering.routings,
        tables_engineering.bill_of_resources,
        tables_engineering.engineering_changes,
        tables_finance.standard_costs,
        tables_finance.prices,
        tables_finance.business_plan,
        tables_finance.exchange_rates,
        tables_finance.planning_costs,
        tables_finance.business_objectives,
        tables_finance.control_totals,
        tables_production.resources,
        tables_production.resource_capacity,
        tables_production.workforce,
        tables_production.working_calendar,
        tables_production.production_history,
        tables_production.open_work_orders,
        tables_supply_chain.inventory,
        tables_supply_chain.inventory_movements,
        tables_supply_chain.inventory_policies,
        tables_purchasing.suppliers,
        tables_purchasing.supplier_items,
        tables_purchasing.supplier_capacity,
        tables_purchasing.open_purchase_orders,
        tables_purchasing.purchase_receipts,
        tables_planning.overrides,
        tables_planning.approved_plans,
        tables_planning.supply_policies,
        tables_planning.scenarios,
        tables_planning.decisions,
    )
}


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
    """The files of the demo company by their path below its folder. Raises as `write_demo`."""
    if families < 1 or items < families or years < 1:
        raise ValueError(
            f"families {families}, items {items}, years {years}: no company can be made of that; "
            "give at least one family, one item a family and one year"
        )
    world = simulate(families, items, years, seed)
    files = _extract_files(world)
    blemishes = soil(files)
    files["sop.yaml"] = settings_text(world).encode()
    files["README.md"] = readme(world, blemishes).encode()
    return files


def _extract_files(world: World) -> Files:
    files: Files = {}
    for name, build in _TABLES.items():
        path = f"extracts/{EXTRACTS[name].department}/{name}"
        table = build(world)
        parts = by_year(path, table, _BY_YEAR[name]) if name in _BY_YEAR else {f"{path}.csv": table}
        for part_path, part in parts.items():
            files[part_path] = to_german_csv(part, GERMAN_INVENTORY) if name == "inventory" else to_csv(part)
    return files
