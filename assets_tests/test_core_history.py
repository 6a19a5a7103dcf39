"""Stock and backlog of core against a loop over days that shares nothing with the SQL; the identities as rules over the same companies."""

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sql_cases import DEFAULT_PARAMETERS, FILES, clear, columns_of, provide

from sop_pipeline import warehouse

AS_OF = dt.date(2026, 4, 16)
MONTHS = [dt.date(2026, month, 1) for month in (1, 2, 3, 4)]
VALUES = {**DEFAULT_PARAMETERS, "as_of_date": AS_OF, "history_periods": 3}
IDENTITIES = sorted(
    address
    for address, file in FILES.items()
    if address.startswith(("core.family_history__", "core.item_flows__")) and file.header["severity"] == "stop"
)

days = st.dates(dt.date(2026, 1, 1), dt.date(2026, 4, 20))
quantities = st.integers(1, 20)


@dataclass(frozen=True)
class Order:
    """An order line with the deliveries that name it."""

    day: dt.date
    quantity: int
    is_closed: bool
    deliveries: tuple[tuple[dt.date, int], ...]


@dataclass(frozen=True)
class Facts:
    """What one family's only item did."""

    orders: tuple[Order, ...]
    production: tuple[tuple[dt.date, int], ...]
    losses: tuple[tuple[dt.date, int], ...]
    snapshots: dict[dt.date, int]


orders = st.builds(
    Order,
    day=days,
    quantity=quantities,
    is_closed=st.booleans(),
    deliveries=st.lists(st.tuples(days, quantities), max_size=3, unique_by=lambda delivery: delivery[0]).map(tuple),
)
facts = st.builds(
    Facts,
    orders=st.lists(orders, max_size=4).map(tuple),
    production=st.lists(st.tuples(days, quantities), max_size=6).map(tuple),
    losses=st.lists(st.tuples(days, quantities), max_size=3).map(tuple),
    snapshots=st.dictionaries(days, st.integers(-5, 60), max_size=5),
)


@pytest.fixture(scope="module")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with warehouse.connect(None) as con:
        yield con


@settings(max_examples=25, deadline=None, derandomize=True)
@given(facts=facts)
def test_stock_and_backlog_are_those_of_a_loop_over_days(con: duckdb.DuckDBPyConnection, facts: Facts) -> None:
    history = history_of(con, facts)

    assert [(row["opening_inventory_quantity"], row["closing_inventory_quantity"], row["unexplained_quantity"]) for row in history] == (
        looped_stock(facts)
    )
    assert [(row["opening_backlog_quantity"], row["closing_backlog_quantity"]) for row in history] == looped_backlog(facts)
    for address in IDENTITIES:
        assert warehouse.failing_rows(con, FILES[address], VALUES).is_empty(), address


def history_of(con: duckdb.DuckDBPyConnection, facts: Facts) -> list[dict[str, Any]]:
    clear(con)
    provided: set[str] = set()
    shipments = [
        {"shipment_id": f"S{number}-{part}", "shipment_line": "1", "order_id": f"O{number}", "order_line": "1", "item_id": "P"}
        | {"ship_date": day, "shipped_quantity": quantity, "net_amount": quantity, "currency": "EUR"}
        for number, order in enumerate(facts.orders)
        for part, (day, quantity) in enumerate(order.deliveries)
    ]
    given_rows: dict[str, list[dict[str, Any]]] = {
        "staging.extract_status": [{"extract": "shipments", "status": "fresh"}],
        "staging.product_families": [
            {"family_id": "F", "family_name": "F", "planning_unit": "pc", "production_strategy": "make_to_order"}
            | {"demand_time_fence_periods": 0, "planning_time_fence_periods": 0}
        ],
        "staging.items": [
            {"item_id": "P", "item_name": "P", "item_type": "finished", "family_id": "F", "unit_of_measure": "pc", "sourcing": "make"}
            | {"planning_units_per_unit": 1}
        ],
        "staging.sales_orders": [
            {"order_id": f"O{number}", "order_line": "1", "item_id": "P", "order_date": order.day, "ordered_quantity": order.quantity}
            | {"order_type": "standard", "order_status": "closed" if order.is_closed else "open", "currency": "EUR"}
            | {"net_unit_price": 1, "per_quantity": 1}
            for number, order in enumerate(facts.orders)
        ],
        "staging.shipments": shipments,
        "staging.production_history": [
            {"production_id": str(number), "item_id": "P", "completion_date": day, "good_quantity": quantity}
            for number, (day, quantity) in enumerate(facts.production)
        ],
        "staging.inventory_movements": [
            {"movement_id": str(number), "item_id": "P", "movement_date": day, "movement_type": "scrap", "quantity": -quantity}
            for number, (day, quantity) in enumerate(facts.losses)
        ],
        "staging.inventory": [
            {"snapshot_date": day, "item_id": "P", "stock_status": "unrestricted", "quantity": quantity}
            for day, quantity in facts.snapshots.items()
        ],
    }
    for address, rows in given_rows.items():
        columns = columns_of(address)
        con.execute(f"create table {address} ({', '.join(f'{name} {kind}' for name, (kind, _) in columns.items())})")
        for row in rows:
            con.execute(f"insert into {address} ({', '.join(row)}) values ({', '.join('?' * len(row))})", list(row.values()))
        provided.add(address)
    wanted = {upstream for address in IDENTITIES for upstream in FILES[address].upstream}
    provide(con, tuple(sorted(wanted)), Path("nothing given"), VALUES, provided)
    return list(
        warehouse.read(con, "core.family_history").sort("period_start").filter(pl.col("period_start") >= MONTHS[0]).iter_rows(named=True)
    )


def looped_stock(facts: Facts) -> list[tuple[float | None, float | None, float | None]]:
    """Opening, closing and unexplained stock of each month."""
    counts = {day: count for day, count in facts.snapshots.items() if day < AS_OF}
    if facts.snapshots and not counts:
        return [(None, None, None)] * len(MONTHS)
    counted: dict[dt.date, float] = {}
    for month in MONTHS[:-1]:
        last_day = month.replace(day=calendar.monthrange(month.year, month.month)[1])
        in_last_days = [day for day in counts if last_day - dt.timedelta(days=4) <= day <= last_day]
        if in_last_days:
            counted[month] = counts[max(in_last_days)]
    latest = max(counts, default=None)
    if latest is None:
        counted[MONTHS[-1]] = 0
    elif latest != max((day for day in counts if month_of(day) in counted), default=None):
        counted[MONTHS[-1]] = counts[latest] + sum(stock_change(facts, day) for day in all_days() if latest < day < AS_OF)
    changes = {month: sum(stock_change(facts, day) for day in all_days() if month_of(day) == month and day < AS_OF) for month in MONTHS}
    closings: dict[dt.date, float] = {}
    first = min(counted)
    stock = counted[first]
    for month in reversed([month for month in MONTHS if month <= first]):
        closings[month] = stock
        stock -= changes[month]
    opening, rows = stock, []
    for month in MONTHS:
        closing = closings.get(month, counted.get(month, opening + changes[month]))
        unexplained = closing - opening - changes[month] if month in counted else None
        rows.append((opening, closing, unexplained))
        opening = closing
    return rows


def looped_backlog(facts: Facts) -> list[tuple[float, float]]:
    """Opening and closing backlog of each month, day by day from nothing: what is booked goes in, what is shipped goes out."""
    backlog, rows = 0, []
    for month in MONTHS:
        opening = backlog
        for day in (day for day in all_days() if month_of(day) == month and day < AS_OF):
            for order in facts.orders:
                backlog += booked(order, day) - sum(quantity for ship_day, quantity in order.deliveries if ship_day == day)
        rows.append((opening, backlog))
    return rows


def booked(order: Order, day: dt.date) -> int:
    """What an order line books on a day: its net quantity on the day of order, over-delivery on the days it is delivered."""
    shipped = sorted((ship_day, quantity) for ship_day, quantity in order.deliveries if ship_day < AS_OF)
    total = sum(quantity for _, quantity in shipped)
    net = 0 if order.day >= AS_OF else min(order.quantity, total) if order.is_closed else order.quantity
    quantity_booked, delivered = net if day == order.day else 0, 0
    for ship_day, quantity in shipped:
        beyond = max(delivered + quantity - net, 0) - max(delivered - net, 0)
        quantity_booked += beyond if ship_day == day else 0
        delivered += quantity
    return quantity_booked


def stock_change(facts: Facts, day: dt.date) -> int:
    made = sum(quantity for made_on, quantity in facts.production if made_on == day)
    lost = sum(quantity for lost_on, quantity in facts.losses if lost_on == day)
    shipped = sum(quantity for order in facts.orders for shipped_on, quantity in order.deliveries if shipped_on == day)
    return made - lost - shipped


def all_days() -> list[dt.date]:
    return [MONTHS[0] + dt.timedelta(days=number) for number in range(106)]


def month_of(day: dt.date) -> dt.date:
    return day.replace(day=1)
