"""A small company whose extracts hold nothing odd: four families that feed each other, share a line and a crew, buy and subcontract.

Hostile values are put into its rows elsewhere; what must hold of a night stays in the tests.
"""

import datetime as dt
import itertools
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from worked_example.company import extract_file, write_extract

from sop_pipeline.extracts import EXTRACTS
from sop_pipeline.templates import template_csv

Row = dict[str, Any]
Tables = dict[str, list[Row]]

AS_OF = dt.date(2026, 4, 1)
SITE = "MAIN"
MONTHS = tuple(dt.date(2025 + month // 12, month % 12 + 1, 1) for month in range(12, 24))
HISTORY, PLANNED = MONTHS[:3], MONTHS[3:11]
FAMILIES = {"ALPHA": "make_to_stock", "BETA": "make_to_order", "GOODS": "make_to_stock", "PARTS": "make_to_stock"}
ITEMS = {
    "A-1": ("finished", "ALPHA", "make", 40.0),
    "A-2": ("finished", "ALPHA", "make", 60.0),
    "B-1": ("finished", "BETA", "make", 300.0),
    "G-1": ("finished", "GOODS", "buy", 25.0),
    "P-1": ("semi_finished", "PARTS", "make", 12.0),
    "P-2": ("semi_finished", "PARTS", "make", 8.0),
    "R-1": ("raw", "", "buy", 4.0),
}
SOLD = {"A-1": 60, "A-2": 40, "B-1": 12, "G-1": 80}
SETTINGS = f"""\
company: Sound
reporting_currency: EUR
as_of_date: {AS_OF}
horizon_periods: 6
look_ahead_periods: 2
history_periods: 3
time_zone: UTC
forecast: {{engine: express, workers: 1, backtest_origins: 1}}
tolerances: {{rejected_rows_ratio: 1.0}}
publish: {{keep_previous: 0}}
"""


def write_company(folder: Path, tables: Tables) -> Path:
    """Write extracts and settings; an extract without rows is a header alone where it is required. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sop.yaml").write_text(SETTINGS, encoding="utf-8")
    for name, extract in EXTRACTS.items():
        if tables.get(name):
            write_extract(folder, name, tables[name])
        elif extract.is_required:
            path = extract_file(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(template_csv(name), encoding="utf-8")
    return folder


def sound_tables(strategy: str = "hybrid") -> Tables:
    """Rows of every extract; `strategy` is what `supply_policies` asks of every family."""
    return {
        "product_families": [
            {
                "family_id": family,
                "family_name": family.title(),
                "product_group": "All",
                "planning_unit": "pc",
                "production_strategy": made_to,
                "site_id": SITE,
                "customer_lead_time_days": 20,
                "planning_time_fence_periods": 0,
            }
            for family, made_to in FAMILIES.items()
        ],
        "items": [
            {
                "item_id": item,
                "item_name": f"Item {item}",
                "item_type": kind,
                "family_id": family,
                "unit_of_measure": "pc",
                "planning_units_per_unit": 1,
                "sourcing": sourcing,
                "lead_time_days": 10,
                "lot_minimum": 5,
                "lot_multiple": 5,
                "storage_volume_m3": 0.1 if family else "",
            }
            for item, (kind, family, sourcing, _) in ITEMS.items()
        ],
        "bill_of_materials": [
            {"parent_item_id": parent, "component_item_id": component, "quantity_per": per, "scrap_ratio": 0.02, "lead_time_offset_days": 0}
            for parent, component, per in (
                ("A-1", "P-1", 1),
                ("A-1", "P-2", 0.5),
                ("A-2", "P-1", 2),
                ("B-1", "P-1", 3),
                ("P-1", "R-1", 2),
                ("P-2", "R-1", 1),
            )
        ],
        "routings": list(_routings()),
        "standard_costs": [
            {"item_id": item, "valid_from": "2025-01-01", "total_cost": cost, "currency": "EUR"} for item, (_, _, _, cost) in ITEMS.items()
        ],
        "prices": [{"item_id": item, "valid_from": "2025-01-01", "net_price": 2 * ITEMS[item][3], "currency": "EUR"} for item in SOLD],
        "planning_costs": [
            {"scope": scope, "scope_id": scope_id, "cost_type": cost_type, "valid_from": "", "value": value, "currency": ""}
            for scope, scope_id, cost_type, value in (
                ("company", "", "inventory_carrying_rate_per_year", 0.2),
                ("company", "", "backorder_cost_per_unit_period", 5),
                ("company", "", "regular_wage_per_hour", 25),
                ("company", "", "overtime_wage_per_hour", 37.5),
                ("company", "", "hire_cost_per_head", 1000),
                ("company", "", "layoff_cost_per_head", 1500),
                ("family", "ALPHA", "subcontract_cost_per_unit", 70),
            )
        ],
        "resources": [
            {"resource_name": row["resource_id"].title(), "site_id": SITE, "is_critical": "true", "number_of_units": 1, **row}
            for row in (
                {"resource_id": "LINE", "resource_type": "equipment", "capacity_unit": "hours", "hours_per_day": 8, "overtime_ratio": 0.2},
                {"resource_id": "MILL", "resource_type": "equipment", "capacity_unit": "hours", "hours_per_day": 8, "overtime_ratio": 0.2},
                {"resource_id": "CREW", "resource_type": "labour", "capacity_unit": "hours", "hours_per_day": 8, "overtime_ratio": 0.1},
                {"resource_id": "PARTNER", "resource_type": "subcontractor", "capacity_unit": "hours", "hours_per_day": 4},
                {"resource_id": "STORE", "resource_type": "facility", "capacity_unit": "m3", "number_of_units": 60},
            )
        ],
        "resource_capacity": [
            {"resource_id": "LINE", "period_start": PLANNED[2], "regular_capacity": 170, "overtime_capacity": 20, "planned_downtime": 8}
        ],
        "workforce": [
            {
                "resource_id": "CREW",
                "period_start": PLANNED[0],
                "headcount": 2,
                "hours_per_head_per_day": 8,
                "absence_ratio": 0.05,
                "overtime_hours_per_head": 16,
                "expected_leavers": 0,
                "temporary_headcount": 0,
                "maximum_hires": 2,
                "maximum_layoffs": 2,
                "minimum_headcount": 1,
                "maximum_headcount": 6,
            }
        ],
        "working_calendar": [
            {"site_id": SITE, "period_start": month, "working_days": days}
            for month, days in zip(MONTHS, itertools.cycle((20, 21, 22)), strict=False)
        ],
        "sales_forecasts": [
            {
                "submitted_on": "2026-03-20",
                "author": "Sales",
                "family_id": family,
                "item_id": "",
                "period_start": month,
                "quantity": round(sum(SOLD[item] for item in SOLD if ITEMS[item][1] == family) * (1 + 0.2 * (number % 3 - 1))),
            }
            for family in ("ALPHA", "BETA", "GOODS")
            for number, month in enumerate(PLANNED)
        ],
        "sales_orders": list(_orders()),
        "production_history": [
            {
                "production_id": f"M-{item}-{month:%m}",
                "item_id": item,
                "site_id": SITE,
                "completion_date": month.replace(day=15),
                "good_quantity": made,
            }
            for item, made in (("A-1", 60), ("A-2", 40), ("B-1", 12), ("P-1", 180), ("P-2", 30))
            for month in HISTORY
        ],
        "inventory": [
            {"snapshot_date": "2026-03-31", "site_id": SITE, "item_id": item, "stock_status": "unrestricted", "quantity": there}
            for item, there in (("A-1", 50), ("A-2", 30), ("B-1", 0), ("G-1", 90), ("P-1", 150), ("P-2", 20), ("R-1", 500))
        ],
        "inventory_policies": [
            {
                "item_id": "",
                "family_id": family,
                "valid_from": "2026-01-01",
                "target_days_of_supply": days,
                "target_quantity": "",
                "minimum_days_of_supply": "" if backlog else 5,
                "maximum_days_of_supply": "" if backlog else 40,
                "service_level": "",
                "target_backlog_days": backlog,
            }
            for family, days, backlog in (("ALPHA", 15, ""), ("GOODS", 15, ""), ("PARTS", 12, ""), ("BETA", "", 15))
        ],
        "suppliers": [{"supplier_id": name, "supplier_name": name} for name in ("S-1", "S-2")],
        "supplier_items": [
            {
                "item_id": item,
                "supplier_id": supplier,
                "valid_from": "",
                "lead_time_days": 20,
                "minimum_order_quantity": 50,
                "order_multiple": 10,
                "price": ITEMS[item][3],
                "currency": "EUR",
                "share_ratio": share,
            }
            for item, supplier, share in (("R-1", "S-1", 0.6), ("R-1", "S-2", 0.4), ("G-1", "S-1", 1))
        ],
        "supplier_capacity": [
            {"supplier_id": "S-1", "item_id": item, "period_start": month, "maximum_quantity": most}
            for item, most in (("G-1", 120), ("R-1", 900))
            for month in PLANNED
        ],
        "supply_policies": [
            {
                "family_id": family,
                "valid_from": "",
                "strategy": strategy,
                "minimum_production": "",
                "maximum_production": "",
                "subcontract_allowed": "true" if family == "ALPHA" else "false",
                "maximum_backlog_quantity": "",
                "lost_sales_allowed": "false",
            }
            for family in FAMILIES
        ],
        "overrides": [],
        "open_work_orders": [
            {
                "work_order_id": "W-1",
                "item_id": "A-1",
                "site_id": SITE,
                "remaining_quantity": 20,
                "due_date": "2026-04-20",
                "work_order_status": "firm",
            }
        ],
        "open_purchase_orders": [
            {
                "purchase_order_id": "PO-1",
                "purchase_order_line": "1",
                "supplier_id": "S-1",
                "item_id": "R-1",
                "order_date": "2026-03-10",
                "due_date": "2026-04-10",
                "open_quantity": 200,
            }
        ],
    }


def _routings() -> Iterator[Row]:
    for item, routing, resource, hours, labour in (
        ("A-1", "main", "LINE", 0.6, 1.2),
        ("A-2", "main", "LINE", 0.8, 1.5),
        ("A-2", "out", "PARTNER", 1.0, 0),
        ("B-1", "main", "LINE", 4.0, 6.0),
        ("P-1", "main", "MILL", 0.4, 0),
        ("P-2", "main", "MILL", 0.2, 0),
    ):
        yield {
            "item_id": item,
            "routing_id": routing,
            "operation": "10",
            "resource_id": resource,
            "setup_hours": 0,
            "run_hours_per_unit": hours,
            "labour_resource_id": "CREW" if labour else "",
            "labour_hours_per_unit": labour or "",
            "yield_ratio": 0.98,
            "lead_time_offset_periods": 0,
            "share_ratio": {"main": 0.8, "out": 0.2}[routing] if item == "A-2" else 1,
        }


def _orders() -> Iterator[Row]:
    for item, sold in SOLD.items():
        for month in (*HISTORY, PLANNED[0]):
            is_open = month == PLANNED[0]
            yield {
                "order_id": f"O-{item}-{month:%m}",
                "order_line": "1",
                "item_id": item,
                "site_id": SITE,
                "order_date": "2026-03-25" if is_open else month.replace(day=2),
                "requested_date": month.replace(day=20),
                "ordered_quantity": sold // 2 if is_open else sold,
                "shipped_quantity": 0 if is_open else sold,
                "last_ship_date": "" if is_open else month.replace(day=20),
                "net_unit_price": 2 * ITEMS[item][3],
                "currency": "EUR",
                "order_type": "standard",
                "order_status": "open" if is_open else "closed",
            }
