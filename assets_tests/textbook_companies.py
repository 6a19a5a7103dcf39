"""Textbook aggregate plans written as a company folder: demand, stock, heads, capacity and costs as departments would send them.

Each case is a family of its own, at a site and on resources of its own, so that several stand in one company. Answers stay in the tests.
"""

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from worked_example.company import Row, extract_file, write_extract

from sop_pipeline.templates import template_csv

AS_OF = dt.date(2026, 1, 1)
MONTHS = tuple(dt.date(2026 + number // 12, 1 + number % 12, 1) for number in range(14))


@dataclass(frozen=True)
class Crew:
    """Labour of a case; money per hour and head, hours per head and day. `wages` are per month, instead of one `wage`."""

    heads: float
    hours_per_unit: float
    wage: float | None = None
    overtime_wage: float | None = None
    overtime_hours_per_head: float = 0.0
    hours_per_day: float = 8.0
    is_constant: bool = False
    hire: float = 0.0
    layoff: float = 0.0
    maximum_hires: float | None = None
    closing_heads: float | None = None
    wages: Sequence[float] = ()


@dataclass(frozen=True)
class Case:
    """One textbook case; lists are per month from January, costs per unit."""

    family: str
    demand: Sequence[float]
    strategy: str = "least_cost"
    working_days: Sequence[int] = (20,) * 6
    opening_inventory: float = 0.0
    standard_cost: float = 100.0
    production_cost: float = 0.0
    material_cost: float | None = None  # what making costs comes from the standard cost, whose rest is labour
    holding_cost: float = 0.0
    backorder_cost: float | None = None
    subcontract_cost: float | None = None
    subcontract_capacity: Sequence[float] = ()
    lost_sale_cost: float | None = None
    may_backorder: bool = True
    opening_backlog: float = 0.0
    closing_inventory: float | None = None
    target_inventory: Sequence[float] = ()
    production: Sequence[float] = ()
    capacity: Sequence[float] = ()
    overtime_capacity: float | Sequence[float] = 0.0
    overtime_cost: float = 0.0
    crew: Crew | None = None
    ordered: dict[str, Sequence[float]] = field(default_factory=dict)
    shelf_life_days: int | str = ""
    lot_minimum: float | str = ""
    received: dict[str, float] = field(default_factory=dict)  # made before the first month, by day


def write_textbook_company(folder: Path, cases: Sequence[Case], *, months: int = 6, **supply: str | float) -> Path:
    """Write a company of some cases over so many months; `supply` are the switches of sop.yaml. Returns the folder."""
    switches = "".join(f", {name}: {value}" for name, value in supply.items())
    settings = f"{SETTINGS}horizon_periods: {months}\nsupply: {{level_block_periods: {months}{switches}}}\n"
    return write_company(folder, settings, _rows(cases))


def write_company(folder: Path, settings: str, found: dict[str, list[Row]]) -> Path:
    """Write sop.yaml and the extracts that have rows; what planning cannot do without is a header where it has none. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sop.yaml").write_text(settings, encoding="utf-8")
    for extract, rows in found.items():
        if rows:
            write_extract(folder, extract, rows)
    for extract in ("sales_orders", "production_history"):
        if found.get(extract):
            continue
        path = extract_file(folder, extract)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(template_csv(extract), encoding="utf-8")
    return folder


def _rows(cases: Sequence[Case]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for case in cases:
        for extract, rows in _case_rows(case).items():
            found.setdefault(extract, []).extend(rows)
    return found


def _case_rows(case: Case) -> dict[str, list[Row]]:
    family, item, site = case.family, f"{case.family}-1", case.family
    months = MONTHS[: len(case.demand)]
    return {
        "product_families": [
            {
                "family_id": family,
                "family_name": family,
                "planning_unit": "pc",
                "production_strategy": "make_to_stock",
                "site_id": site,
            }
        ],
        "items": [
            {
                "item_id": item,
                "item_name": item,
                "item_type": "finished",
                "family_id": family,
                "unit_of_measure": "pc",
                "sourcing": "make",
                "shelf_life_days": case.shelf_life_days,
                "lot_minimum": case.lot_minimum,
            }
        ],
        "standard_costs": [_standard_cost(case, item)],
        "sales_forecasts": [
            {"submitted_on": "2025-12-15", "author": "Sales", "family_id": family, "period_start": month, "quantity": quantity}
            for month, quantity in zip(months, case.demand, strict=True)
        ],
        "inventory": [
            {
                "snapshot_date": "2025-12-31",
                "site_id": site,
                "item_id": item,
                "stock_status": "unrestricted",
                "quantity": case.opening_inventory,
            }
        ],
        "working_calendar": [
            {"site_id": site, "period_start": month, "working_days": days}
            for month, days in itertools.zip_longest(MONTHS, case.working_days, fillvalue=20)
        ],
        "inventory_policies": [
            {"family_id": family, "valid_from": month, "target_quantity": quantity}
            for month, quantity in zip(months, case.target_inventory, strict=False)
        ]
        + [
            {"family_id": family, "valid_from": months[-1], "target_quantity": quantity}
            for quantity in (case.closing_inventory,)
            if quantity is not None
        ],
        "supply_policies": [
            {
                "family_id": family,
                "strategy": case.strategy,
                "subcontract_allowed": "true" if case.subcontract_cost is not None else "false",
                "maximum_backlog_quantity": "" if case.may_backorder else 0,
                "lost_sales_allowed": "true" if case.lost_sale_cost is not None else "false",
            }
        ],
        "overrides": [
            {
                "override_id": f"{family}-{measure}-{month:%m}",
                "measure": measure,
                "family_id": family,
                "period_start": month,
                "step": "supply_review",
                "quantity": quantity,
                "reason": "As the book plans it",
                "author": "Planner",
                "entered_on": "2025-12-20",
            }
            for measure, quantities in case.ordered.items()
            for month, quantity in zip(months, quantities, strict=True)
        ],
        "planning_costs": list(_costs(case)),
        "sales_orders": list(_owed(case, item)),
        "production_history": [
            {"production_id": f"{family}-{day}", "item_id": item, "completion_date": day, "good_quantity": quantity}
            for day, quantity in case.received.items()
        ],
        **_resources(case),
    }


def _standard_cost(case: Case, item: str) -> Row:
    row: Row = {"item_id": item, "valid_from": "2025-01-01", "total_cost": case.standard_cost, "currency": "EUR"}
    if case.material_cost is None:
        return row
    return {**row, "material_cost": case.material_cost, "labour_cost": case.standard_cost - case.material_cost}


def _owed(case: Case, item: str) -> Iterator[Row]:
    """An order that was due before the first month and is still open."""
    if case.opening_backlog:
        yield {
            "order_id": f"{case.family}-OWED",
            "order_line": "1",
            "item_id": item,
            "order_date": "2025-12-01",
            "requested_date": "2025-12-20",
            "ordered_quantity": case.opening_backlog,
            "net_unit_price": case.standard_cost,
            "currency": "EUR",
            "order_type": "standard",
            "order_status": "open",
        }


def _costs(case: Case) -> list[Row]:
    crew = case.crew
    given = [
        ("family", case.family, "production_cost_per_unit", case.production_cost if case.material_cost is None else None),
        ("family", case.family, "holding_cost_per_unit_period", case.holding_cost),
        ("family", case.family, "backorder_cost_per_unit_period", case.backorder_cost),
        ("family", case.family, "subcontract_cost_per_unit", case.subcontract_cost),
        ("family", case.family, "lost_sale_cost_per_unit", case.lost_sale_cost),
    ]
    if case.capacity and case.overtime_capacity:
        given.append(("resource", f"{case.family}-LINE", "overtime_wage_per_hour", case.overtime_cost))
    if crew:
        name = f"{case.family}-CREW"
        given += [
            ("resource", name, "regular_wage_per_hour", None if crew.wages else crew.wage or 0.0),
            ("resource", name, "overtime_wage_per_hour", crew.overtime_wage or 0.0),
            ("resource", name, "hire_cost_per_head", crew.hire),
            ("resource", name, "layoff_cost_per_head", crew.layoff),
        ]
    return [
        {"scope": scope, "scope_id": scope_id, "cost_type": cost_type, "value": value, "currency": "EUR"}
        for scope, scope_id, cost_type, value in given
        if value is not None
    ] + [
        {
            "scope": "resource",
            "scope_id": f"{case.family}-CREW",
            "cost_type": "regular_wage_per_hour",
            "valid_from": month,
            "value": wage,
            "currency": "EUR",
        }
        for month, wage in zip(MONTHS, crew.wages if crew else (), strict=False)
    ]


def _resources(case: Case) -> dict[str, list[Row]]:
    line, name, crew, site = f"{case.family}-LINE", f"{case.family}-CREW", case.crew, case.family
    partner = f"{case.family}-PARTNER"
    overtimes = case.overtime_capacity if isinstance(case.overtime_capacity, Sequence) else (case.overtime_capacity,) * len(case.capacity)
    rows: dict[str, list[Row]] = {"resources": [], "resource_capacity": [], "workforce": [], "bill_of_resources": []}
    if case.capacity:
        rows["resources"].append(
            {"resource_id": line, "resource_name": line, "site_id": site, "resource_type": "equipment", "capacity_unit": "units"}
        )
        rows["bill_of_resources"].append({"family_id": case.family, "resource_id": line, "usage_per_unit": 1})
        rows["resource_capacity"] += [
            {"resource_id": line, "period_start": month, "regular_capacity": regular, "overtime_capacity": overtime}
            for month, regular, overtime in zip(MONTHS, case.capacity, overtimes, strict=False)
        ]
    if case.subcontract_capacity:
        rows["resources"].append(
            {"resource_id": partner, "resource_name": partner, "resource_type": "subcontractor", "capacity_unit": "units"}
        )
        rows["bill_of_resources"].append({"family_id": case.family, "resource_id": partner, "usage_per_unit": 1})
        rows["resource_capacity"] += [
            {"resource_id": partner, "period_start": month, "regular_capacity": most}
            for month, most in zip(MONTHS, case.subcontract_capacity, strict=False)
        ]
    if crew:
        rows["resources"].append(
            {"resource_id": name, "resource_name": name, "site_id": site, "resource_type": "labour", "capacity_unit": "hours"}
        )
        rows["bill_of_resources"].append({"family_id": case.family, "resource_id": name, "usage_per_unit": crew.hours_per_unit})
        rows["workforce"].append(
            {
                "resource_id": name,
                "period_start": MONTHS[0],
                "headcount": crew.heads,
                "hours_per_head_per_day": crew.hours_per_day,
                "absence_ratio": 0,
                "overtime_hours_per_head": crew.overtime_hours_per_head,
                "minimum_headcount": crew.heads if crew.is_constant else "",
                "maximum_headcount": crew.heads if crew.is_constant else "",
                "maximum_hires": "" if crew.maximum_hires is None else crew.maximum_hires,
            }
        )
        if crew.closing_heads is not None:
            limits = {"minimum_headcount": crew.closing_heads, "maximum_headcount": crew.closing_heads}
            rows["workforce"].append({**rows["workforce"][-1], "period_start": MONTHS[len(case.demand) - 1], "headcount": "", **limits})
    return rows


SETTINGS = f"""\
company: Textbook
reporting_currency: EUR
as_of_date: {AS_OF}
look_ahead_periods: 1
history_periods: 1
time_zone: UTC
forecast: {{engine: express, workers: 1, backtest_origins: 1}}
publish: {{keep_previous: 0, parquet: false, workbook: false, html: false}}
"""
