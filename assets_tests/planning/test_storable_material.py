"""Material and supplier quotas that keep: what a period leaves is there in the next, in the plan, its tables and a recomputation apart."""

import datetime as dt
from typing import Any

import numpy as np
import polars as pl
import pytest
from balance_frames import balance, one, series
from optimum_frames import optimum
from plan_frames import month
from scipy.optimize import linprog

from sop_pipeline.planning.scenarios import change_supply
from sop_pipeline.planning.supply import Families, Resources, Sources, SupplyInputs, Usages, plan_supply

COPPER = {"resource_id": "COPPER", "resource_type": "material", "capacity_unit": "units", "is_storable": True}
PER_UNIT = {"family_id": "F", "resource_id": "COPPER", "usage_per_unit": 1.0, "lead_time_offset_periods": 0}


def deliveries(coming: list[float], opening: float = 0.0, **columns: Any) -> list[dict[str, Any]]:
    rows = [
        {"resource_id": "COPPER", "period_start": month(t), "working_days": 20.0, "regular_capacity": quantity, "overtime_capacity": 0.0}
        for t, quantity in enumerate(coming)
    ]
    return [row | {"opening_capacity": opening if t == 0 else 0.0} | columns for t, row in enumerate(rows)]


def company(demand: list[float], coming: list[float], opening: float = 0.0, **columns: Any) -> dict[str, pl.DataFrame]:
    return one(demand=demand, resources=[COPPER | columns], family_resources=[PER_UNIT], resource_capacity=deliveries(coming, opening))


def planned(frame: pl.DataFrame, column: str) -> list[Any]:
    return series(frame, column, "planned")


def test_what_a_period_does_not_take_is_there_in_the_next_and_the_table_says_so() -> None:
    result = optimum(company([50.0, 50.0, 80.0, 60.0], [60.0] * 4), default_strategy="least_cost")
    # 60 come every month; 10 are left of the first, 20 after the second, and the third takes them all.
    assert planned(result.family_balance, "production_quantity") == pytest.approx([50, 50, 80, 60], abs=1e-4)
    assert planned(result.resource_load, "required_capacity") == pytest.approx([50, 50, 80, 60], abs=1e-4)
    assert planned(result.resource_load, "regular_capacity") == pytest.approx([60, 70, 80, 60], abs=1e-4)
    assert planned(result.resource_load, "load_ratio") == pytest.approx([50 / 60, 50 / 70, 1, 1], abs=1e-5)
    assert [status.split(" ")[0] for status in planned(result.resource_load, "load_status")] == ["free", "free", "full", "full"]


def test_without_storing_the_same_material_has_to_be_made_ahead_into_stock() -> None:
    result = optimum(company([50.0, 50.0, 80.0, 60.0], [60.0] * 4, is_storable=False), default_strategy="least_cost")
    assert planned(result.family_balance, "production_quantity") == pytest.approx([60, 60, 60, 60], abs=1e-4)
    assert planned(result.resource_load, "regular_capacity") == [60.0] * 4


def test_material_that_is_there_at_the_start_counts_and_a_shortage_hangs_on_what_never_comes() -> None:
    result = optimum(company([50.0, 50.0, 95.0, 60.0], [60.0] * 4, opening=5.0), default_strategy="least_cost")
    # 185 of 195 by the third month, 245 of 255 by the fourth.
    assert planned(result.family_balance, "closing_shortage_quantity") == pytest.approx([0, 0, 10, 10], abs=1e-4)
    assert planned(result.resource_load, "regular_capacity") == pytest.approx([65, 75, 85, 60], abs=1e-4)
    pegs = result.shortage_pegs.filter(pl.col("period_start") == month(2))
    assert pegs["resource_id"].to_list() == ["COPPER"]
    assert pegs["share_ratio"].item() == pytest.approx(1)
    # A tenth more of all that came in the three months, 18.5, ends the shortage of 10.
    assert pegs["relief_quantity"].item() == pytest.approx(10, abs=1e-4)
    assert pegs["relief_amount"].item() > 0


def test_the_arithmetic_shows_the_overload_of_a_cumulated_need_and_carries_nothing_out_of_it() -> None:
    result = balance(company([50.0, 50.0, 90.0, 55.0], [60.0] * 4), strategies=("chase",))
    assert series(result.resource_load, "required_capacity", "chase") == [50, 50, 90, 55]
    assert series(result.resource_load, "regular_capacity", "chase") == [60, 70, 80, 60]
    assert series(result.resource_load, "load_status", "chase") == ["free", "free", "overloaded", "free"]


def test_a_month_without_a_limit_limits_nothing_and_leaves_nothing_anybody_knows_of() -> None:
    frames = company([50.0, 200.0, 65.0], [60.0, 60.0, 60.0])
    frames["resource_capacity"] = frames["resource_capacity"].filter(pl.col("period_start") != month(1))
    result = optimum(frames, default_strategy="chase")
    assert planned(result.resource_load, "regular_capacity") == [60, None, pytest.approx(60, abs=1e-5)]
    assert planned(result.resource_load, "load_status")[1] == "free"
    assert "no limit to the plan" in planned(result.resource_load, "note")[1]
    # 5 of the third month are made in the second, whose supply nobody limits.
    assert planned(result.family_balance, "closing_shortage_quantity") == pytest.approx([0, 0, 0], abs=1e-5)


@pytest.mark.parametrize("seed", range(12))
def test_a_family_is_short_of_what_has_not_come_by_then_and_of_nothing_else(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand, coming, opening = random.integers(0, 100, 6), random.integers(0, 100, 6), float(random.integers(0, 50))
    result = optimum(company(demand.astype(float).tolist(), coming.astype(float).tolist(), opening), default_strategy="least_cost")
    expected = np.maximum(np.cumsum(demand) - np.cumsum(coming) - opening, 0.0)
    assert planned(result.family_balance, "closing_shortage_quantity") == pytest.approx(expected.tolist(), abs=1e-3)
    load = result.resource_load.filter(strategy="planned")
    assert "overloaded" not in load["load_status"].to_list()
    # Identity 6 over all that has come so far.
    assert (load["required_capacity"].to_numpy().cumsum() <= opening + np.cumsum(coming) + 1e-4).all()


@pytest.mark.parametrize("seed", range(8))
def test_families_share_what_keeps_as_a_programme_written_apart_shares_it(seed: int) -> None:
    random = np.random.default_rng(seed)
    periods, usage = 5, random.uniform(0.5, 3.0, 2)
    demand, coming = random.uniform(20, 80, (2, periods)), random.uniform(50, 250, periods)
    holding, backorder, unit = 0.5, np.array([5.0, 8.0]), np.array([20.0, 30.0])
    families = Families(
        ("a", "b"), demand, unit_value_amount=unit, holding_cost=holding, backorder_cost=backorder[:, None], is_backorder_cost_given=True
    )
    inputs = SupplyInputs(
        families,
        Sources(("main", "main"), [0, 1], [0, 0], unit_cost=unit[:, None]),
        resources=Resources(("copper",), regular_capacity=coming[None], is_storable=True),
        usages=Usages([0, 1], [0, 0], [0, 0], usage),
    )
    plan = plan_supply(inputs, "least_cost")
    waiting = np.repeat(backorder[:, None], periods, axis=1)
    waiting[:, -1] += plan.model.prices.end
    # columns: make 2T, stock 2T, backlog 2T, kept T
    count = 2 * periods
    cost = np.concatenate([np.repeat(unit, periods), np.full(count, holding), waiting.ravel(), np.zeros(periods)])
    balance_rows, limit_rows = np.zeros((count, cost.size)), np.zeros((periods, cost.size))
    for family in range(2):
        for period in range(periods):
            row = family * periods + period
            balance_rows[row, [row, count + row, 2 * count + row]] = 1.0, -1.0, 1.0
            if period:
                balance_rows[row, [count + row - 1, 2 * count + row - 1]] = 1.0, -1.0
            limit_rows[period, row] = usage[family]
    for period in range(periods):
        limit_rows[period, 3 * count + period] = 1.0
        if period:
            limit_rows[period, 3 * count + period - 1] = -1.0
    best = linprog(cost, A_ub=limit_rows, b_ub=coming, A_eq=balance_rows, b_eq=demand.ravel())
    assert best.status == 0
    assert plan.solution.objective_amount == pytest.approx(best.fun, rel=1e-5)


def test_a_scenario_of_supplier_capacity_changes_quotas_and_one_of_capacity_leaves_them() -> None:
    capacity = one(demand=[1.0, 1.0], resource_capacity=deliveries([60.0, 60.0], 5.0, is_supplier_quota=True))["resource_capacity"]
    other = capacity.with_columns(resource_id=pl.lit("MILL"), is_supplier_quota=pl.lit(value=False))
    both = pl.concat([capacity, other])

    def changed(measure: str) -> list[float]:
        line = {"scenario_id": "s", "line": "1", "measure": measure, "family_id": None, "resource_id": None}
        span: dict[str, dt.date | None] = {"period_from": month(1), "period_to": None}
        scenarios = pl.DataFrame([line | span | {"factor": 0.5, "change": None}])
        return change_supply({"resource_capacity": both}, scenarios, "s")["resource_capacity"]["regular_capacity"].to_list()

    assert changed("supplier_capacity") == [60, 30, 60, 60]
    assert changed("capacity") == [60, 60, 60, 30]
