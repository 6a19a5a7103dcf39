"""The worked example of the plan as a company folder of extracts: two families, three months of history, six of horizon, round figures.

Only what departments would send stands here; every figure the plan makes of it is asserted where it is read.
"""

import csv
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sop_pipeline.extracts import EXTRACTS

AS_OF = dt.date(2026, 4, 1)
SITE = "MAIN"
MONTHS = tuple(dt.date(2026, month, 1) for month in range(1, 11))
HISTORY, HORIZON, LOOK_AHEAD = MONTHS[:3], MONTHS[3:9], MONTHS[9]
WORKING_DAYS = (21, 20, 22, 20, 20, 22, 23, 15, 22, 22)

PUMP_DEMAND = (1150, 1200, 1250, 1100, 1000, 1100, 1100)
PUMP_OLD_DEMAND = (1100, 1100, 1150, 1100, 1000, 1050)
PUMP_BUSINESS_PLAN = (1120, 1120, 1150, 1120, 1000, 1080)
PUMP_SALES = (950, 1080, 1110)
PUMP_PRODUCTION = (980, 1010, 1020)
PUMP_MOVEMENTS = (-5, 0, -5)
PUMP_SNAPSHOTS = (1200, 1225, 1155, 1060)
PUMP_MIX = {"P-100": 0.6, "P-200": 0.4}

PRESS_BOOKINGS = (210, 190, 230, 220, 180, 200, 200)
PRESS_SHIPMENTS = (205, 200, 210)
PRESS_TARGET_BACKLOG = 420
# management states a backlog in days: 420 at the rate of the level plan, 1290 over 122 working days, to the four decimals of an extract
PRESS_BACKLOG_DAYS = 39.7209
# order day, quantity, day it is wanted, day it went out: what is open adds up to a backlog of 480
PRESS_ORDERS = (
    ("2025-12-08", 205, "2026-01-22", "2026-01-22"),
    ("2025-12-10", 200, "2026-02-20", "2026-02-20"),
    ("2025-12-15", 65, "2026-03-12", "2026-03-12"),
    ("2026-01-14", 145, "2026-03-24", "2026-03-24"),
    ("2026-01-20", 65, "2026-04-20", None),
    ("2026-02-11", 190, "2026-04-24", None),
    ("2026-03-10", 225, "2026-06-10", None),
)

PRICES = {"P-100": 100, "P-200": 100, "X-1": 500}
COSTS = {"P-100": 62, "P-200": 62, "X-1": 300}

Row = Mapping[str, Any]


def write_worked_example(folder: Path, strategy: str = "level") -> Path:
    """Write the company; `strategy` (level or chase) is what `supply_policies` asks of both families. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sop.yaml").write_text(SETTINGS, encoding="utf-8")
    for extract, rows in worked_example_rows(strategy).items():
        write_extract(folder, extract, rows)
    return folder


def write_extract(folder: Path, extract: str, rows: Sequence[Row]) -> Path:
    """Replace the one file of an extract in its default place; columns are those of the rows."""
    path = extract_file(folder, extract)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        columns = list(dict.fromkeys(column for row in rows for column in row))
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def extract_file(folder: Path, extract: str) -> Path:
    return folder / "extracts" / EXTRACTS[extract].department / f"{extract}.csv"


def worked_example_rows(strategy: str) -> dict[str, list[Row]]:
    """Rows of every extract the example sends, by extract."""
    families = ("PUMPS", "PRESSES")
    return {
        "product_families": [
            {
                "family_id": "PUMPS",
                "family_name": "Pumps",
                "product_group": "Water",
                "planning_unit": "pc",
                "production_strategy": "make_to_stock",
                "site_id": SITE,
            },
            {
                "family_id": "PRESSES",
                "family_name": "Presses",
                "product_group": "Machines",
                "planning_unit": "pc",
                "production_strategy": "make_to_order",
                "site_id": SITE,
                "customer_lead_time_days": 40,
            },
        ],
        "items": [
            {
                "item_id": item,
                "item_name": f"Item {item}",
                "item_type": "finished",
                "family_id": "PRESSES" if item == "X-1" else "PUMPS",
                "unit_of_measure": "pc",
                "sourcing": "make",
            }
            for item in PRICES
        ],
        "sales_orders": [*_pump_orders(), *_press_orders()],
        "shipments": list(_shipments()),
        "sales_forecasts": list(_sales_forecasts()),
        "production_history": list(_production()),
        "inventory": list(_snapshots()),
        "inventory_movements": list(_movements()),
        "standard_costs": [
            {"item_id": item, "valid_from": "2025-01-01", "total_cost": cost, "currency": "EUR"} for item, cost in COSTS.items()
        ],
        "prices": [{"item_id": item, "valid_from": "2025-01-01", "net_price": price, "currency": "EUR"} for item, price in PRICES.items()],
        "business_plan": [
            {
                "version": "2026",
                "family_id": "PUMPS",
                "period_start": month,
                "quantity": quantity,
                "revenue": quantity * 102,
                "gross_margin": quantity * (102 - 61),
                "currency": "EUR",
                "approved_on": "2025-11-28",
            }
            for month, quantity in zip(HORIZON, PUMP_BUSINESS_PLAN, strict=True)
        ],
        "approved_plans": list(_approved_plans()),
        "resources": [
            {
                "resource_id": "TEST_CELL",
                "resource_name": "Test cell",
                "site_id": SITE,
                "resource_type": "equipment",
                "capacity_unit": "hours",
                "is_critical": "true",
                "hours_per_day": 14,
                "overtime_ratio": 0.2,
            },
            {
                "resource_id": "ASSEMBLY",
                "resource_name": "Assembly crew",
                "site_id": SITE,
                "resource_type": "labour",
                "capacity_unit": "hours",
                "is_critical": "false",
            },
        ],
        "workforce": [
            {"resource_id": "ASSEMBLY", "period_start": HORIZON[0], "headcount": 12, "hours_per_head_per_day": 7, "absence_ratio": 0}
        ],
        "working_calendar": [
            {"site_id": SITE, "period_start": month, "working_days": days} for month, days in zip(MONTHS, WORKING_DAYS, strict=True)
        ],
        "bill_of_resources": [
            {"family_id": "PUMPS", "resource_id": "TEST_CELL", "usage_per_unit": 0.25},
            {"family_id": "PUMPS", "resource_id": "ASSEMBLY", "usage_per_unit": 1.5},
        ],
        "inventory_policies": [
            {"family_id": "PUMPS", "valid_from": "2026-01-01", "target_quantity": 1000},
            {"family_id": "PRESSES", "valid_from": "2026-01-01", "target_backlog_days": PRESS_BACKLOG_DAYS},
        ],
        "supply_policies": [{"family_id": family, "strategy": strategy} for family in families],
    }


def _split(quantity: float) -> Iterator[tuple[str, int]]:
    """A family quantity of pumps by item."""
    for item, ratio in PUMP_MIX.items():
        yield item, round(quantity * ratio)


def _order(order_id: str, item: str, quantity: int, *, ordered: object, wanted: object, shipped: object) -> Row:
    return {
        "order_id": order_id,
        "order_line": "10",
        "item_id": item,
        "site_id": SITE,
        "order_date": ordered,
        "requested_date": wanted,
        "promised_date": wanted,
        "ordered_quantity": quantity,
        "shipped_quantity": quantity if shipped else 0,
        "last_ship_date": shipped,
        "net_unit_price": PRICES[item],
        "currency": "EUR",
        "order_type": "standard",
        "order_status": "closed" if shipped else "open",
    }


def _pump_orders() -> Iterator[Row]:
    """Each month's demand in two orders an item, ordered, wanted and delivered within the month."""
    for month, quantity in zip(HISTORY, PUMP_SALES, strict=True):
        for item, ordered in _split(quantity):
            for number, share in enumerate((ordered // 2, ordered - ordered // 2)):
                wanted = month.replace(day=10 + 9 * number)
                yield _order(f"{item}-{month:%m}-{number}", item, share, ordered=month.replace(day=5), wanted=wanted, shipped=wanted)


def _press_orders() -> Iterator[Row]:
    for number, (ordered, quantity, wanted, shipped) in enumerate(PRESS_ORDERS):
        yield _order(f"X-{number}", "X-1", quantity, ordered=ordered, wanted=wanted, shipped=shipped)


def _shipments() -> Iterator[Row]:
    for order in (*_pump_orders(), *_press_orders()):
        if order["last_ship_date"]:
            yield {
                "shipment_id": f"D-{order['order_id']}",
                "shipment_line": "1",
                "order_id": order["order_id"],
                "order_line": order["order_line"],
                "item_id": order["item_id"],
                "site_id": SITE,
                "ship_date": order["last_ship_date"],
                "shipped_quantity": order["shipped_quantity"],
                "net_amount": order["shipped_quantity"] * order["net_unit_price"],
                "currency": "EUR",
            }


def _sales_forecasts() -> Iterator[Row]:
    """What the sales force submitted a month ago, and what replaces it now."""
    submissions = (
        ("2026-02-25", "PUMPS", PUMP_OLD_DEMAND),
        ("2026-03-25", "PUMPS", PUMP_DEMAND),
        ("2026-03-25", "PRESSES", PRESS_BOOKINGS),
    )
    for submitted_on, family, quantities in submissions:
        for month, quantity in zip((*HORIZON, LOOK_AHEAD), quantities, strict=False):
            yield {"submitted_on": submitted_on, "author": "Sales", "family_id": family, "period_start": month, "quantity": quantity}


def _production() -> Iterator[Row]:
    for month, pumps, presses in zip(HISTORY, PUMP_PRODUCTION, PRESS_SHIPMENTS, strict=True):
        for item, quantity in (*_split(pumps), ("X-1", presses)):
            yield {
                "production_id": f"{item}-{month:%m}",
                "item_id": item,
                "site_id": SITE,
                "completion_date": month.replace(day=11),
                "good_quantity": quantity,
            }


def _snapshots() -> Iterator[Row]:
    """Stock of pumps at each month's end; presses are never in stock, so that no snapshot names them."""
    for month, quantity in zip((*HISTORY, HORIZON[0]), PUMP_SNAPSHOTS, strict=True):
        for item, stock in _split(quantity):
            yield {
                "snapshot_date": month - dt.timedelta(days=1),
                "site_id": SITE,
                "item_id": item,
                "stock_status": "unrestricted",
                "quantity": stock,
            }


def _movements() -> Iterator[Row]:
    for month, quantity in zip(HISTORY, PUMP_MOVEMENTS, strict=True):
        for item, moved in _split(quantity):
            if moved:
                yield {
                    "movement_id": f"M-{item}-{month:%m}",
                    "item_id": item,
                    "site_id": SITE,
                    "movement_date": month.replace(day=26),
                    "movement_type": "adjustment",
                    "quantity": moved,
                }


def _approved_plans() -> Iterator[Row]:
    """A plan a month, demand and production: only the last one approved before a month began counts for it."""
    plans: tuple[tuple[str, str, tuple[dt.date, ...], tuple[int, ...], tuple[int | None, ...]], ...] = (
        ("2025-12", "2025-12-18", HISTORY, (1000, 990, 1040), (1000, 985, 1030)),
        ("2026-01", "2026-01-20", HISTORY[1:], (1000, 1045), (1000, 1040)),
        ("2026-02", "2026-02-18", HISTORY[2:], (1050,), (1050,)),
        ("2026-03", "2026-03-18", (HISTORY[2], *HORIZON), (1111, *PUMP_OLD_DEMAND), (1111, *[None] * 6)),
    )
    for cycle, approved_on, months, demand, production in plans:
        for month, demand_quantity, production_quantity in zip(months, demand, production, strict=True):
            yield {
                "cycle_id": cycle,
                "family_id": "PUMPS",
                "period_start": month,
                "approved_on": approved_on,
                "demand_quantity": demand_quantity,
                "production_quantity": production_quantity,
            }


SETTINGS = f"""\
company: Worked Example
reporting_currency: EUR
as_of_date: {AS_OF}
horizon_periods: {len(HORIZON)}
look_ahead_periods: 1
history_periods: {len(HISTORY)}
time_zone: UTC
forecast: {{engine: express, workers: 1, backtest_origins: 1}}
supply: {{strategy: level, level_block_periods: {len(HORIZON)}}}
publish: {{keep_previous: 1}}
"""
