"""The review sheet: the worked example line by line, rounding against a naive loop, and sheets of companies at random."""

import math
from collections.abc import Sequence
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from review_frames import (
    AS_OF_DATE,
    HISTORY,
    MONTHS,
    SHEET_TABLES,
    balance_row,
    family,
    periods,
    sheet_of,
    site_days,
    worked_example,
)

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.validation import validate

PLANNED = [15, 16, 17, 18, 19, 20]
HISTORIC = [10, 11, 12]


@pytest.fixture(scope="module")
def sheet() -> dict[str, pl.DataFrame]:
    return sheet_of(worked_example())


def line(
    sheet: dict[str, pl.DataFrame], level_id: str, measure: str, columns: Sequence[int], resource_id: str | None = None
) -> list[float | None]:
    """Values of one line in these columns of the sheet."""
    rows = sheet["sop.family_review"].filter(
        (pl.col("level_id") == level_id) & (pl.col("measure") == measure) & pl.col("resource_id").eq_missing(pl.lit(resource_id))
    )
    values = dict(rows.select("column_order", "value").iter_rows())
    return [values.get(column) for column in columns]


@pytest.mark.parametrize("address", SHEET_TABLES)
def test_the_sheet_keeps_its_contracts(sheet: dict[str, pl.DataFrame], address: str) -> None:
    verdict = validate(contract_of(address), sheet[address])
    assert verdict.passed, f"{verdict.structure}\n{verdict.failures}"


@pytest.mark.parametrize(
    ("family_id", "measure", "expected"),
    [
        ("PUMPS", "approved_demand_quantity", [1100, 1100, 1150, 1100, 1000, 1050]),
        ("PUMPS", "consensus_quantity", [1150, 1200, 1250, 1100, 1000, 1100]),
        ("PUMPS", "demand_plan_change_quantity", [50, 100, 100, 0, 0, 50]),
        ("PUMPS", "business_plan_gap_quantity", [30, 80, 100, -20, 0, 20]),
        ("PUMPS", "planned_production_quantity", [1105, 1105, 1215, 1271, 829, 1215]),
        ("PUMPS", "opening_inventory_quantity", [1060, 1015, 920, 885, 1056, 885]),
        ("PUMPS", "closing_inventory_quantity", [1015, 920, 885, 1056, 885, 1000]),
        ("PUMPS", "target_inventory_gap_quantity", [15, -80, -115, 56, -115, 0]),
        ("PUMPS", "closing_shortage_quantity", [0, 0, 0, 0, 0, 0]),
        ("PRESSES", "planned_production_quantity", [211, 211, 233, 243, 159, 233]),
        ("PRESSES", "shipped_quantity", [211, 211, 233, 243, 159, 233]),
        ("PRESSES", "opening_backlog_quantity", [480, 479, 458, 455, 432, 453]),
        ("PRESSES", "closing_backlog_quantity", [479, 458, 455, 432, 453, 420]),
    ],
)
def test_the_rounded_rows_of_the_worked_example_come_out(
    sheet: dict[str, pl.DataFrame], family_id: str, measure: str, expected: list[int]
) -> None:
    assert line(sheet, family_id, measure, PLANNED) == expected


@pytest.mark.parametrize(
    ("family_id", "measure", "expected"),
    [
        ("PUMPS", "days_of_supply", [16.9, 16.2, 18.5, 16.1, 17.7, 20.0]),
        ("PRESSES", "backlog_days", [45.3, 43.3, 43.0, 40.9, 42.8, 39.7]),
    ],
)
def test_days_follow_the_rounded_stock_and_backlog(
    sheet: dict[str, pl.DataFrame], family_id: str, measure: str, expected: list[float]
) -> None:
    assert [round(value, 1) for value in line(sheet, family_id, measure, PLANNED) if value is not None] == expected


def test_load_and_heads_are_those_of_the_rounded_plan(sheet: dict[str, pl.DataFrame]) -> None:
    loads = line(sheet, "PUMPS", "load_ratio", [14, *PLANNED[1:]], "CELL")
    assert [round(100 * load, 1) for load in loads if load is not None] == [98.7, 98.7, 98.6, 98.7, 98.7, 98.6]
    heads = line(sheet, "*", "required_heads", [14, *PLANNED[1:]])
    assert [round(head, 1) for head in heads if head is not None] == [11.8] * 6
    assert line(sheet, "PUMPS", "planned_heads", [14], "CREW") == [12]


def test_history_shows_variances_and_their_running_sum(sheet: dict[str, pl.DataFrame]) -> None:
    assert line(sheet, "PUMPS", "demand_variance_quantity", HISTORIC) == [-50, 80, 60]
    assert line(sheet, "PUMPS", "cumulative_demand_variance_quantity", HISTORIC) == [-50, 30, 90]
    assert line(sheet, "PUMPS", "production_variance_quantity", HISTORIC) == [-20, 10, -30]
    assert line(sheet, "PUMPS", "cumulative_production_variance_quantity", HISTORIC) == [-20, -10, -40]
    assert line(sheet, "PUMPS", "unexplained_quantity", HISTORIC) == [0, 0, 0]


def test_money_of_the_horizon_sums_to_the_company(sheet: dict[str, pl.DataFrame]) -> None:
    for level_id in ("PUMPS", "Hydraulics", "*"):
        sums = [
            sum(value for value in line(sheet, level_id, measure, PLANNED) if value is not None)
            for measure in ("revenue_amount", "margin_amount", "business_plan_gap_amount")
        ]
        assert sums == [680_000, 258_400, 7_820]
    notes = sheet["sop.family_review"].filter((pl.col("level") == "company") & (pl.col("measure") == "revenue_amount"))["text"]
    assert notes.drop_nulls().unique().to_list() == ["without 1 of 2 families: not supplied"]


def test_groups_and_the_company_hold_money_hours_and_heads_only(sheet: dict[str, pl.DataFrame]) -> None:
    above = sheet["sop.family_review"].filter(pl.col("level") != "family")
    assert set(above["section"]) == {"money", "resources"}
    assert set(above["grid_row"]) == {18, 19}


def test_a_made_to_order_family_without_finished_stock_has_no_inventory_section(sheet: dict[str, pl.DataFrame]) -> None:
    sections = sheet["sop.family_review"].filter(pl.col("level_id") == "PRESSES")["section"]
    assert "inventory" not in set(sections)
    assert "backlog" in set(sections)
    assert "backlog" not in set(sheet["sop.family_review"].filter(pl.col("level_id") == "PUMPS")["section"])


def test_an_extract_nobody_sends_leaves_no_line(sheet: dict[str, pl.DataFrame]) -> None:
    assert "scheduled_quantity" not in set(sheet["sop.family_review"]["measure"])
    sent = sheet_of(
        {
            **worked_example(),
            "sop.extract_status": [{"extract": "open_work_orders", "load_status": "stale"}],
            "sop.supply_demand_balance": [{**row, "scheduled_quantity": 600} for row in worked_example()["sop.supply_demand_balance"]],
        }
    )
    assert line(sent, "PUMPS", "schedule_difference_quantity", [14, 15, 16]) == [600 - 1105, 600 - 1105, 600 - 1105]


def test_the_current_period_is_to_date_and_remainder_together() -> None:
    current = balance_row(
        "VALVES",
        HISTORY,
        production_strategy="make_to_stock",
        demand_quantity=100.6,
        demand_to_date_quantity=40.2,
        shipped_quantity=93.6,
        shipped_to_date_quantity=33.2,
        production_quantity=80.5,
        production_to_date_quantity=50.0,
        opening_inventory_quantity=30,
        unexplained_quantity=-2,
        closing_inventory_quantity=14.9,
        opening_shortage_quantity=5,
        closing_shortage_quantity=5,
        booked_to_date_quantity=44,
    )
    following = balance_row(
        "VALVES",
        HISTORY + 1,
        production_strategy="make_to_stock",
        demand_quantity=10,
        shipped_quantity=15,
        production_quantity=0.1,
        opening_inventory_quantity=14.9,
        closing_inventory_quantity=0,
        opening_shortage_quantity=5,
        closing_shortage_quantity=0,
    )
    days = [{**row, "remaining_working_days": 8} if row["period_start"] == AS_OF_DATE else row for row in site_days()]
    sheet = sheet_of(
        {
            "sop.supply_demand_balance": [current, following],
            "sop.dim_period": periods(),
            "core.families": [family("VALVES", "make_to_stock")],
            "core.site_working_days": days,
        }
    )
    to_date_remainder_current_next = {
        "working_days": [12, 8, 20, 20],
        "demand_quantity": [40, 60, 100, 10],
        "booked_quantity": [44, None, None, None],
        "shipped_quantity": [33, 60, 93, 15],
        "planned_production_quantity": [None, 31, 81, 0],
        "production_quantity": [50, None, None, None],
        "opening_inventory_quantity": [30, 45, 30, 16],
        "closing_inventory_quantity": [45, 16, 16, 1],
        "unexplained_quantity": [-2, None, -2, None],
        "closing_shortage_quantity": [None, 5, 5, 0],
    }
    for measure, expected in to_date_remainder_current_next.items():
        assert line(sheet, "VALVES", measure, [13, 14, 15, 16]) == expected, measure


def naive_largest_remainder(quantities: Sequence[float]) -> list[int]:
    """Whole units: the total is the rounded total; one unit at a time goes to the largest fraction, to the earlier where they tie."""
    millionths = [round(quantity * 1_000_000) for quantity in quantities]
    whole = [math.floor(part / 1_000_000) for part in millionths]
    total = math.floor(abs(sum(millionths)) / 1_000_000 + 0.5)
    missing = total - sum(whole)
    fractions = [part - 1_000_000 * units for part, units in zip(millionths, whole, strict=True)]
    for _ in range(missing):
        best = max(range(len(fractions)), key=lambda place: (fractions[place], -place))
        whole[best] += 1
        fractions[best] = -1
    return whole


def some_plan(family_id: str, strategy: str, opening: float, demand: list[float], made: list[float]) -> list[dict[str, Any]]:
    """A plan that balances: what can be shipped of what is asked for."""
    is_to_stock = strategy == "make_to_stock"
    stock, due = (opening, 0.0) if is_to_stock else (0.0, opening)
    rows = []
    for place, (asked, supplied) in enumerate(zip(demand, made, strict=True)):
        shipped = min(due + asked, stock + supplied)
        closing, still_due = stock + supplied - shipped, due + asked - shipped
        owed = {"opening_shortage_quantity": due, "closing_shortage_quantity": still_due, "lost_sales_quantity": 0.0}
        orders = {"booked_quantity": asked, "opening_backlog_quantity": due, "closing_backlog_quantity": still_due}
        rows.append(
            balance_row(
                family_id,
                HISTORY + place,
                production_strategy=strategy,
                demand_quantity=asked,
                shipped_quantity=shipped,
                production_quantity=supplied,
                opening_inventory_quantity=stock,
                closing_inventory_quantity=closing,
                **(owed if is_to_stock else orders),
            )
        )
        stock, due = closing, still_due
    return rows


quantities = st.lists(st.integers(0, 30_000_000), min_size=6, max_size=6).map(lambda values: [value / 1_000_000 for value in values])
plans = st.tuples(
    st.sampled_from(["make_to_stock", "make_to_order"]),
    st.integers(0, 40_000_000).map(lambda value: value / 1_000_000),
    quantities,
    quantities,
)


@settings(max_examples=12, deadline=None)
@given(st.lists(plans, min_size=4, max_size=8))
def test_any_plan_is_rounded_by_largest_remainder_and_still_balances(companies: list[tuple[str, float, list[float], list[float]]]) -> None:
    rows = {f"F{place}": some_plan(f"F{place}", *plan) for place, plan in enumerate(companies)}
    sheet = sheet_of(
        {
            "sop.supply_demand_balance": [row for plan in rows.values() for row in plan],
            "sop.dim_period": periods(),
            "core.families": [family(name, plan[0]) for name, plan in zip(rows, companies, strict=True)],
            "core.site_working_days": site_days(),
        }
    )["sop.rounded_balance"]
    for name, (strategy, opening, demand, made) in zip(rows, companies, strict=True):
        planned = sheet.filter((pl.col("family_id") == name) & pl.col("column_kind").is_in(["current", "horizon"])).sort("period_start")
        assert planned["production_quantity"].to_list() == naive_largest_remainder(made)
        assert planned["demand_quantity"].to_list() == naive_largest_remainder(demand)
        opened = math.floor(opening + 0.5)
        stock, due = (opened, 0) if strategy == "make_to_stock" else (0, opened)
        measure = "shortage" if strategy == "make_to_stock" else "backlog"
        for row in planned.iter_rows(named=True):
            assert (row["opening_inventory_quantity"], row[f"opening_{measure}_quantity"]) == (stock, due)
            stock += row["production_quantity"] - row["shipped_quantity"]
            due += row["demand_quantity"] - row["shipped_quantity"]
            assert (row["closing_inventory_quantity"], row[f"closing_{measure}_quantity"]) == (stock, due)
            assert stock >= 0
            assert due >= 0
            assert row["shipped_quantity"] >= 0
    assert sheet["period_start"].max() == MONTHS[-1]
