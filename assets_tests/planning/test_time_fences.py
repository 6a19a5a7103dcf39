"""What a plan keeps of the past: the approved plan, the nearer the dearer to leave, and the rate that production comes from."""

from typing import Any

import numpy as np
import polars as pl
import pytest
from balance_frames import day_rows, one, opening_row, series
from hypothesis import given, settings
from hypothesis import strategies as st
from optimum_frames import COST, optimum
from plan_frames import month
from scipy.optimize import linprog

from sop_pipeline.planning.optimum import OptimumResult
from sop_pipeline.planning.supply import Switches
from sop_pipeline.planning.supply.fences import anchor_multiples
from sop_pipeline.planning.supply.prices import ANCHOR_FADES, ANCHOR_TO_VALUE, HYBRID_WEIGHT

FENCE, PERIODS = 2, 8
HOLDING, ANCHOR = COST * 0.18 / 12, COST * ANCHOR_TO_VALUE
SLUSHY = slice(FENCE, 2 * FENCE)


def approved(quantities: list[float], fence: int = FENCE) -> dict[str, Any]:
    plans = [{"family_id": "F", "period_start": month(t), "approved_production_quantity": each} for t, each in enumerate(quantities)]
    return {"approved_plans": plans, "families": [{"family_id": "F", "planning_time_fence_periods": fence}]}


def production(frames: dict[str, pl.DataFrame], **switches: Any) -> list[float]:
    return made(plan(frames, **switches))


def plan(frames: dict[str, pl.DataFrame], strategy: str = "least_cost", **switches: Any) -> OptimumResult:
    return optimum(frames, switches=Switches(**switches), default_strategy=strategy, strategies=("planned",))


def made(result: OptimumResult) -> list[float]:
    return series(result.family_balance, "production_quantity", "planned")


def test_the_slushy_zone_follows_each_family_s_fence_for_as_many_periods_or_as_the_company_says() -> None:
    fences = np.array([0, 1, 3])
    again = anchor_multiples(fences, 5, slushy_periods=None, slushy_multiple=10.0)
    np.testing.assert_array_equal(again, [[1, 1, 1, 1, 1], [1, 10, 1, 1, 1], [1, 1, 1, 10, 10]])
    said = anchor_multiples(fences, 5, slushy_periods=2, slushy_multiple=5.0)
    np.testing.assert_array_equal(said, [[5, 5, 1, 1, 1], [1, 5, 5, 1, 1], [1, 1, 1, 5, 5]])


def test_a_small_change_of_demand_waits_for_the_liquid_zone() -> None:
    """Ten pieces less in a slushy month: held for two months they cost 1.80 each, moved now ten times the usual price of 0.42."""
    frames = one(demand=[100, 100, 90, 100, 100, 100, 100, 100], **approved([100.0] * PERIODS))
    assert production(frames) == pytest.approx([100, 100, 100, 100, 90, 100, 100, 100], abs=1e-4)
    assert production(frames, slushy_fence_periods=0) == pytest.approx([100, 100, 90, 100, 100, 100, 100, 100], abs=1e-4)
    liquid = one(demand=[100, 100, 100, 100, 90, 100, 100, 100], **approved([100.0] * PERIODS))
    assert production(liquid)[4] == pytest.approx(90, abs=1e-4)


def test_a_large_change_of_demand_goes_through_the_slushy_zone() -> None:
    frames = one(demand=[100, 100, 300, 100, 100, 100, 100, 100], **approved([100.0] * PERIODS))
    assert sum(production(frames)[SLUSHY]) == pytest.approx(400, abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(min_value=-15, max_value=15), min_size=PERIODS, max_size=PERIODS), st.floats(min_value=5, max_value=20))
def test_a_dearer_slushy_zone_never_moves_more_of_it(changes: list[float], multiple: float) -> None:
    """A theorem of any plan that minimises cost + multiple × what is moved; what is moved counts by how near it is."""
    frames = one(demand=[round(100 + change, 3) for change in changes], **approved([100.0] * PERIODS))
    fades = np.repeat(ANCHOR_FADES, PERIODS // len(ANCHOR_FADES))[SLUSHY]

    def moved(**switches: Any) -> float:
        return float((fades * np.abs(np.array(production(frames, **switches)[SLUSHY]) - 100)).sum())

    assert moved(slushy_multiple=multiple) <= moved(slushy_multiple=1.0) + 1e-3


def test_a_company_without_an_approved_plan_has_nothing_to_stay_near() -> None:
    frames = one(demand=[100, 90, 120, 100], families=[{"family_id": "F", "planning_time_fence_periods": 1}])
    assert production(frames) == production(frames, slushy_fence_periods=0) == pytest.approx([100, 90, 120, 100], abs=1e-4)


def test_the_price_of_a_freeze_is_what_one_unit_less_of_it_would_save() -> None:
    """Twenty frozen pieces too many are held for two months, past the slushy one, and pull the third month away from what was approved."""
    much, less = (plan(one(demand=[100.0] * PERIODS, **approved([frozen, *[100.0] * 7], 1))) for frozen in (120.0, 119.0))
    saved = cost(much) - cost(less)
    assert saved == pytest.approx(2 * HOLDING, abs=1e-6)
    assert series(much.family_supply, "marginal_value_amount", "planned")[0] == pytest.approx(saved + 0.7 * ANCHOR, abs=1e-3)
    assert made(much)[:4] == pytest.approx([120, 100, 80, 100], abs=1e-4)


def test_the_price_of_staying_in_the_slushy_zone_counts_no_price_of_leaving_it() -> None:
    frames = one(demand=[100, 100, 90, 100, 100, 100, 100, 100], **approved([100.0] * PERIODS))
    value = series(plan(frames).family_supply, "marginal_value_amount", "planned")[FENCE]
    assert value == pytest.approx(2 * HOLDING + 0.4 * ANCHOR, abs=1e-3)


def cost(result: OptimumResult) -> float:
    return float(result.strategy_comparison.filter(measure="total_cost", family_id="*")["value"].item())


def history(rate: float, days: float = 20.0, to_date: float = 0.0, elapsed: float = 0.0) -> dict[str, Any]:
    """Last month's production at a daily rate, and what the current month has made in the days that have passed."""
    closed = opening_row("F", 0.0) | {"period_start": month(-1), "periods_from_now": -1, "production_quantity": rate * days}
    before = {"site_id": "", "period_start": month(-1), "working_days": days, "remaining_working_days": 0.0}
    current = opening_row("F", 0.0, production_quantity=to_date)
    return {
        "family_history": [closed, current | {"closing_inventory_quantity": to_date}],
        "site_working_days": [before, *day_rows([20.0] * 6, 20.0 - elapsed)],
    }


def steadiest(demand: list[float], rate_before: float | None, weight: float, holding: float) -> list[float]:
    """An oracle: production that meets Σ demand, owes nothing, and minimises holding + weight × Σ|step of the daily rate|."""
    count = len(demand)
    at_made, at_stock, at_step = np.arange(count), count + np.arange(count), 2 * count + np.arange(count)
    cost = np.concatenate([np.zeros(count), np.full(count, holding), np.full(count, weight)])
    flow, wanted = np.zeros((count, 3 * count)), np.array(demand)
    steps, limits = [], []
    for t in range(count):
        flow[t, at_made[t]], flow[t, at_stock[t]] = 1.0, -1.0
        if t:
            flow[t, at_stock[t - 1]] = 1.0
        if t or rate_before is not None:
            for sign in (1.0, -1.0):
                row = np.zeros(3 * count)
                row[at_made[t]], row[at_step[t]] = sign / 20, -1.0
                if t:
                    row[at_made[t - 1]] = -sign / 20
                steps.append(row)
                limits.append(0.0 if t else sign * float(rate_before or 0.0))
    flow, wanted = np.vstack([flow, at_stock[-1] == np.arange(3 * count)]), np.append(wanted, 0.0)
    found = linprog(cost, A_eq=flow, b_eq=wanted, A_ub=np.array(steps), b_ub=np.array(limits))
    assert found.status == 0
    return list(found.x[:count])


@pytest.mark.parametrize(("rate", "first"), [(None, 100.0), (6.0, 120.0)])
def test_a_hybrid_plan_counts_the_step_from_the_rate_before_it(rate: float | None, first: float) -> None:
    """One step up is cheaper than stock, but not one down after months at 6 a day and a higher one up again."""
    demand = [100.0, 100, 100, 140, 140, 140]
    known = {} if rate is None else history(rate)
    result = plan(one(demand=demand, **known), "hybrid", stability_weight=0.2)
    assert made(result) == pytest.approx(steadiest(demand, rate, 0.2 * HYBRID_WEIGHT * COST, HOLDING), abs=1e-3)
    assert made(result)[0] == pytest.approx(first, abs=1e-3)


def test_the_rate_before_counts_what_the_current_month_has_made_to_date() -> None:
    """100 in 20 days of March and 125 in 5 days of April are 9 a day."""
    demand = [260.0, 100, 100, 100, 100, 100]
    result = plan(one(demand=demand, remaining_ratio=0.75, **history(5.0, to_date=125.0, elapsed=5.0)), "hybrid", stability_weight=1e3)
    left = made(result)[0] - 125
    assert left / 15 == pytest.approx(9.0, abs=1e-3)


@pytest.mark.parametrize("strategy", ["level", "chase", "least_cost"])
def test_the_rate_before_is_no_reason_to_leave_any_other_strategy(strategy: str) -> None:
    demand = [80.0, 100, 120, 100, 100, 100]
    assert made(plan(one(demand=demand, **history(50.0)), strategy)) == made(plan(one(demand=demand), strategy))


def test_the_curve_of_stability_counts_steps_inside_the_plan_only() -> None:
    demand = [80.0, 100, 120, 100, 100, 100]
    known, unknown = (optimum(one(demand=demand, **before), default_strategy="hybrid").stability_curve for before in (history(50.0), {}))
    assert known.equals(unknown)
    assert known["rate_change_ratio"].to_list()[-1] == pytest.approx(0, abs=1e-6)
