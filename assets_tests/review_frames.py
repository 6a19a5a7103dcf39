"""Made-up balances for the tests of the review sheet and workbook, and the sheet that SQL makes of them. Assertions stay in the tests."""

import datetime as dt
import functools
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from sop_pipeline import warehouse
from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.review.workbook import REVIEW_TABLES
from sop_pipeline.sql_files import SqlFile, in_build_order, load_sql_files

AS_OF_DATE = dt.date(2026, 4, 1)
MONTHS = [dt.date(2026, month, 1) for month in range(1, 10)]
WORKING_DAYS = [21, 20, 22, 20, 20, 22, 23, 15, 22]
HISTORY = 3
FLOWS = ("demand", "booked", "shipped", "production", "subcontract", "purchase", "issued", "other_movement")
NOTHING_YET = {f"{flow}_to_date_quantity": 0 for flow in FLOWS}
FAMILY_COLUMNS = dtypes(contract_of("sop.dim_family"))
SHEET_TABLES = ("sop.rounded_balance", "sop.review_resources", "sop.review_notes", "sop.family_review")

Row = Mapping[str, Any]


def frame(address: str, rows: Iterable[Row]) -> pl.DataFrame:
    """Rows as the contract of the table types them; what is not given is empty."""
    schema = dtypes(contract_of(address))
    table = list(rows)
    unknown = {name for row in table for name in row} - set(schema)
    assert not unknown, f"{address} has no column {', '.join(sorted(unknown))}"
    return pl.DataFrame({name: pl.Series([row.get(name) for row in table], dtype=dtype, strict=False) for name, dtype in schema.items()})


@functools.cache
def sheet_files() -> list[SqlFile]:
    """The SQL files of the sheet, in build order."""
    return [file for file in in_build_order(load_sql_files("sop")) if file.address in SHEET_TABLES]


def sheet_of(given: Mapping[str, Sequence[Row]]) -> dict[str, pl.DataFrame]:
    """The tables of the review sheet that SQL makes of these rows; tables not given are empty."""
    ordered = sheet_files()
    values = {"as_of_date": AS_OF_DATE}
    with warehouse.connect(None) as con:
        for address in {upstream for file in ordered for upstream in file.upstream} - set(SHEET_TABLES):
            warehouse.write(con, address, frame(address, given.get(address, [])))
        for file in ordered:
            warehouse.build(con, file, file.bind(values))
        return {address: warehouse.read(con, address) for address in SHEET_TABLES}


def balance_row(family_id: str, position: int, **columns: Any) -> dict[str, Any]:
    """A row of the balance in month `position` of MONTHS, with flows of zero unless given."""
    kind = "history" if position < HISTORY else "current" if position == HISTORY else "horizon"
    return {
        "cycle_id": "2026-04",
        "scenario_id": "base",
        "plan_version": "working",
        "family_id": family_id,
        "period_start": MONTHS[position],
        "period_kind": kind,
        "planning_unit": "pcs",
        "currency": "EUR",
        "working_days": WORKING_DAYS[position],
        "subcontract_quantity": 0,
        "purchase_quantity": 0,
        "issued_quantity": 0,
        "other_movement_quantity": 0,
        **(NOTHING_YET if kind == "current" else {}),
        **columns,
    }


def periods() -> list[Row]:
    ends = [*MONTHS[1:], dt.date(2026, 10, 1)]
    kinds = ["history"] * HISTORY + ["current"] + ["horizon"] * (len(MONTHS) - HISTORY - 1)
    return [
        {
            "period_start": start,
            "period_end": end - dt.timedelta(1),
            "period_label": f"{start:%Y-%m}",
            "fiscal_year": start.year,
            "period_of_year": start.month,
            "period_kind": kind,
            "periods_from_now": position,
        }
        for position, (start, end, kind) in enumerate(zip(MONTHS, ends, kinds, strict=True), start=-HISTORY)
    ]


def site_days() -> list[Row]:
    return [
        {"site_id": "", "period_start": start, "working_days": days, "remaining_working_days": days if start >= AS_OF_DATE else 0}
        for start, days in zip(MONTHS, WORKING_DAYS, strict=True)
    ]


def family(family_id: str, production_strategy: str, product_group: str = "Hydraulics") -> Row:
    return {
        "family_id": family_id,
        "family_name": family_id.title(),
        "product_group": product_group,
        "planning_unit": "pcs",
        "production_strategy": production_strategy,
        "site_id": "",
        "is_uncapacitated": False,
    }


def workbook_frames(given: Mapping[str, Sequence[Row]]) -> dict[str, pl.DataFrame]:
    """Every table the review workbook reads, of these rows; the balance is published as the current one, the families as dimensions."""
    rows = {
        "sop.run": [{"company": "Hydra & Sons", "as_of_date": AS_OF_DATE, "cycle_id": "2026-04", "run_status": "complete"}],
        "sop.current_balance": given["sop.supply_demand_balance"],
        "sop.dim_family": [{name: value for name, value in row.items() if name in FAMILY_COLUMNS} for row in given["core.families"]],
        **given,
    }
    sheet = sheet_of(given)
    return {address: sheet[address] if address in sheet else frame(address, rows.get(address, [])) for address in REVIEW_TABLES}


def worked_example() -> dict[str, list[Row]]:
    """Pumps to stock and presses to order, level: what a planner works out by hand."""
    return {
        "sop.supply_demand_balance": [*_pumps(), *_presses()],
        "sop.dim_period": periods(),
        "core.families": [family("PUMPS", "make_to_stock"), family("PRESSES", "make_to_order")],
        "core.site_working_days": site_days(),
        "core.family_resources": [
            {"family_id": "PUMPS", "resource_id": "CELL", "lead_time_offset_periods": 0, "usage_per_unit": 0.25},
            {"family_id": "PUMPS", "resource_id": "CREW", "lead_time_offset_periods": 0, "usage_per_unit": 1.5},
        ],
        "sop.resource_plan": [*_loads("CELL", "equipment", 0.25, 14.0), *_loads("CREW", "labour", 1.5, 84.0)],
        "sop.extract_status": [{"extract": "open_work_orders", "load_status": "not_supplied"}],
    }


def _pumps() -> list[Row]:
    common = {"production_strategy": "make_to_stock"}
    stocks = [1200, 1225, 1155, 1060]
    rows = [
        balance_row(
            "PUMPS",
            month,
            demand_quantity=sales,
            shipped_quantity=sales,
            approved_demand_quantity=plan,
            production_quantity=made,
            approved_production_quantity=plan,
            other_movement_quantity=other,
            opening_inventory_quantity=stocks[month],
            closing_inventory_quantity=stocks[month + 1],
            unexplained_quantity=0,
            revenue_amount=sales * 100,
            margin_amount=sales * 38,
            inventory_value_amount=stocks[month + 1] * 62,
            **common,
        )
        for month, (sales, plan, made, other) in enumerate([(950, 1000, 980, -5), (1080, 1000, 1010, 0), (1110, 1050, 1020, -5)])
    ]
    demand = [1150, 1200, 1250, 1100, 1000, 1100]
    approved = [1100, 1100, 1150, 1100, 1000, 1050]
    business = [1120, 1120, 1150, 1120, 1000, 1080]
    rate = (sum(demand) + 1000 - 1060) / sum(WORKING_DAYS[HISTORY:])
    stock = 1060.0
    for month in range(HISTORY, len(MONTHS)):
        ahead = month - HISTORY
        made = rate * WORKING_DAYS[month]
        closing = stock + made - demand[ahead]
        rows.append(
            balance_row(
                "PUMPS",
                month,
                demand_quantity=demand[ahead],
                consensus_quantity=demand[ahead],
                approved_demand_quantity=approved[ahead],
                business_plan_quantity=business[ahead],
                shipped_quantity=demand[ahead],
                production_quantity=made,
                opening_inventory_quantity=stock,
                closing_inventory_quantity=closing,
                target_inventory_quantity=1000,
                days_of_supply=_cover(closing, [*demand[ahead + 1 :], 1100], [*WORKING_DAYS[month + 1 :], 22]),
                opening_shortage_quantity=0,
                closing_shortage_quantity=0,
                lost_sales_quantity=0,
                required_heads=made * 1.5 / (7 * WORKING_DAYS[month]),
                revenue_amount=demand[ahead] * 100,
                margin_amount=demand[ahead] * 38,
                inventory_value_amount=round(closing * 62, 2),
                business_plan_gap_amount=demand[ahead] * 100 - business[ahead] * 102,
                balance_status="below_target" if closing < 1000 - 1e-6 else "balanced",
                **common,
            )
        )
        stock = closing
    return rows


def _presses() -> list[Row]:
    booked = [210, 190, 230, 220, 180, 200]
    rate = (sum(booked) + 480 - 420) / sum(WORKING_DAYS[HISTORY:])
    rows = []
    backlog = 480.0
    for month, orders in enumerate(booked, start=HISTORY):
        made = rate * WORKING_DAYS[month]
        closing = backlog + orders - made
        rows.append(
            balance_row(
                "PRESSES",
                month,
                production_strategy="make_to_order",
                demand_quantity=orders,
                consensus_quantity=orders,
                booked_quantity=orders,
                shipped_quantity=made,
                production_quantity=made,
                opening_inventory_quantity=0,
                closing_inventory_quantity=0,
                opening_backlog_quantity=backlog,
                closing_backlog_quantity=closing,
                target_backlog_quantity=420,
                customer_lead_time_days=closing / rate,
                balance_status="below_target" if closing > 420 + 1e-6 else "balanced",
            )
        )
        backlog = closing
    return rows


def _loads(resource_id: str, resource_type: str, hours_per_unit: float, hours_per_day: float) -> list[Row]:
    rate = (6800 + 1000 - 1060) / sum(WORKING_DAYS[HISTORY:])
    return [
        {
            "cycle_id": "2026-04",
            "scenario_id": "base",
            "plan_version": "working",
            "resource_id": resource_id,
            "resource_name": resource_id.title(),
            "resource_type": resource_type,
            "capacity_unit": "hours",
            "period_start": MONTHS[month],
            "is_critical": True,
            "required_capacity": rate * WORKING_DAYS[month] * hours_per_unit,
            "regular_capacity": hours_per_day * WORKING_DAYS[month],
            "overtime_capacity": hours_per_day * WORKING_DAYS[month] * 0.2,
            "load_ratio": rate * hours_per_unit / hours_per_day,
            "load_status": "free",
            "required_heads": rate * hours_per_unit / 7 if resource_type == "labour" else None,
            "planned_heads": 12 if resource_type == "labour" else None,
            "families": "PUMPS",
        }
        for month in range(HISTORY, len(MONTHS))
    ]


def _cover(stock: float, demand: Sequence[float], days: Sequence[float]) -> float:
    """Working days until the stock is used up."""
    covered = 0.0
    for quantity, period in zip(demand, days, strict=True):
        if stock <= quantity:
            return covered + period * stock / quantity
        covered, stock = covered + period, stock - quantity
    return covered
