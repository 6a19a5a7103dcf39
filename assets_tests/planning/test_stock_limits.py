"""Room and working capital: stock takes them, the plan stays inside, and what does not fit is an overload with its price."""

from typing import Any

import polars as pl
import pytest
from balance_frames import one, series
from optimum_frames import COST, optimum
from plan_frames import month, table

from sop_pipeline.contracts.core.resources import FamilyStorage
from sop_pipeline.planning.optimum import OptimumResult

MILL_PER_UNIT = {"family_id": "F", "resource_id": "MILL", "usage_per_unit": 1.0, "lead_time_offset_periods": 0}


def capacity(resource: str, most: list[float]) -> list[dict[str, Any]]:
    return [
        {"resource_id": resource, "period_start": month(t), "working_days": 20.0, "regular_capacity": room, "overtime_capacity": 0.0}
        for t, room in enumerate(most)
    ]


def limited(
    unit: str, room: list[float], stock: float = 0.0, pallets: float = 0.5, billed: float | None = None, **columns: Any
) -> OptimumResult:
    """Demand of 60, 60, 130, 60 on a mill of 100 a month: stock has to be made ahead. A unit takes `pallets` pallets."""
    limit = {"resource_id": "STORE", "capacity_unit": unit, "is_stock_based": True, "site_id": ""} | columns
    bill = [] if billed is None else [MILL_PER_UNIT | {"resource_id": "STORE", "usage_per_unit": billed}]
    frames = one(
        demand=[60.0, 60.0, 130.0, 60.0],
        stock=stock,
        resources=[{"resource_id": "MILL"}, limit],
        family_resources=[MILL_PER_UNIT, *bill],
        resource_capacity=[*capacity("MILL", [100.0] * 4), *capacity("STORE", room)],
    )
    sizes = [{"family_id": "F", "pallets_per_unit": pallets, "units_per_unit": 1.0}]
    return optimum(frames | {"family_storage": table(FamilyStorage, sizes)}, default_strategy="least_cost")


def planned(frame: pl.DataFrame, column: str, resource: str | None = None) -> list[Any]:
    return series(frame if resource is None else frame.filter(pl.col("resource_id") == resource), column, "planned")


def test_a_store_with_room_to_spare_changes_nothing_and_shows_what_stock_takes_of_it() -> None:
    result = limited("pallets", [1000.0] * 4)
    assert planned(result.family_balance, "closing_inventory_quantity") == pytest.approx([0, 30, 0, 0], abs=1e-5)
    assert planned(result.resource_load, "required_capacity", "STORE") == pytest.approx([0, 15, 0, 0], abs=1e-5)
    assert planned(result.resource_load, "load_status", "STORE") == ["free"] * 4
    assert planned(result.resource_load, "families", "STORE")[1] == "F"


@pytest.mark.parametrize(("unit", "room"), [("pallets", 10.0), ("units", 20.0), ("EUR", 20.0 * COST)])
def test_stock_stays_within_room_and_money_and_what_more_of_them_would_save_is_told(unit: str, room: float) -> None:
    result = limited(unit, [room] * 4)
    # 20 units fit; of the 130 of the third month 10 have to wait.
    assert planned(result.family_balance, "closing_inventory_quantity")[1] == pytest.approx(20, abs=1e-4)
    assert planned(result.family_balance, "closing_shortage_quantity")[2] == pytest.approx(10, abs=1e-4)
    assert planned(result.resource_load, "load_status", "STORE")[1] == "full"
    assert planned(result.resource_load, "load_ratio", "STORE")[1] == pytest.approx(1.0)
    assert planned(result.resource_load, "marginal_value_amount", "STORE")[1] > 0
    # Nothing more could be made ahead in the second month, because what is made has no place to wait in.
    pegs = result.shortage_pegs.filter(pl.col("period_start") == month(2)).sort("resource_id")
    assert pegs["resource_id"].to_list() == ["MILL", "STORE"]
    assert set(pegs["window_start"]) == {month(1)}
    assert pegs["share_ratio"].sum() == pytest.approx(1)
    assert pegs["share_ratio"].min() > 0.3
    assert pegs["relief_quantity"].to_list() == pytest.approx([10, 2], abs=1e-4)


def test_stock_that_is_there_already_overflows_the_store_and_is_called_overloaded() -> None:
    result = limited("pallets", [10.0] * 4, stock=200.0)
    # 200 − 60 = 140 units take 70 pallets, 80 units 40; then demand empties the store.
    assert planned(result.resource_load, "required_capacity", "STORE")[:2] == pytest.approx([70, 40], abs=1e-4)
    assert planned(result.resource_load, "load_status", "STORE")[:2] == ["overloaded"] * 2
    assert planned(result.family_balance, "balance_status")[0] == "overloaded"


def test_a_store_of_another_site_or_one_that_is_not_critical_limits_nothing() -> None:
    elsewhere = limited("pallets", [10.0] * 4, site_id="elsewhere")
    assert planned(elsewhere.resource_load, "required_capacity", "STORE") == [0.0] * 4
    uncritical = limited("pallets", [10.0] * 4, is_critical=False)
    assert planned(uncritical.resource_load, "required_capacity", "STORE")[1] == pytest.approx(15, abs=1e-5)
    for result in (elsewhere, uncritical):
        assert planned(result.family_balance, "closing_inventory_quantity")[1] == pytest.approx(30, abs=1e-5)


@pytest.mark.parametrize("pallets", [1e-6, 1e6])
def test_the_size_of_the_unit_of_room_changes_no_plan(pallets: float) -> None:
    result = limited("pallets", [20 * pallets] * 4, pallets=pallets)
    assert planned(result.family_balance, "closing_inventory_quantity")[1] == pytest.approx(20, abs=1e-4)


def test_a_store_without_room_is_planned_around_and_one_of_unknown_room_limits_nothing_and_says_so() -> None:
    closed = limited("pallets", [0.0] * 4)
    assert planned(closed.family_balance, "closing_inventory_quantity") == pytest.approx([0] * 4, abs=1e-5)
    unknown = limited("pallets", [])
    assert planned(unknown.family_balance, "closing_inventory_quantity")[1] == pytest.approx(30, abs=1e-5)
    assert "no limit to the plan" in planned(unknown.resource_load, "note", "STORE")[1]


def test_a_bill_of_resources_says_what_a_unit_in_stock_takes_before_the_sizes_of_items_do() -> None:
    result = limited("pallets", [1000.0] * 4, billed=2.0)
    assert planned(result.resource_load, "required_capacity", "STORE") == pytest.approx([0, 60, 0, 0], abs=1e-5)
