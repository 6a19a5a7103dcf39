"""Stock that spoils: what the plan can build ahead, what it throws away, against units followed one by one, oldest first."""

from typing import Any

import polars as pl
import pytest
from balance_frames import balance, one, opening_row, series
from hypothesis import given, settings
from hypothesis import strategies as st
from optimum_frames import COST, assert_all_contracts, optimum
from plan_frames import month, table

from sop_pipeline.contracts.core.resources import FamilyItemLimits
from sop_pipeline.planning.supply import Switches

MILL = {
    "resources": [{"resource_id": "MILL"}],
    "family_resources": [{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 1.0, "lead_time_offset_periods": 0}],
}
amounts = st.integers(0, 100).map(float)


def mill(most: list[float]) -> list[dict[str, Any]]:
    return [
        {"resource_id": "MILL", "period_start": month(t), "working_days": 20.0, "regular_capacity": room, "overtime_capacity": 0.0}
        for t, room in enumerate(most)
    ]


def keeps(frames: dict[str, pl.DataFrame], life: int | None, run: float | None = None) -> dict[str, pl.DataFrame]:
    row = {"family_id": "F", "shelf_life_periods": life, "perishable_ratio": 1.0, "minimum_run_quantity": run}
    return frames | {"family_item_limits": table(FamilyItemLimits, [row])}


def received(stock: float, *quantities: float) -> list[dict[str, Any]]:
    """The stock of today, and what was made in the periods before, the last one last."""
    past = [
        {
            "family_id": "F",
            "period_start": month(-back),
            "periods_from_now": -back,
            "production_quantity": quantity,
        }
        for back, quantity in zip(range(len(quantities), 0, -1), quantities, strict=True)
    ]
    return [*past, opening_row("F", stock)]


def followed(made: list[float], demand: list[float], stock: float, past: list[float], life: int) -> list[float]:
    """What spoils in each period, by hand: the stock is what came in last, and goes out oldest first; what keeps `life` period ends."""
    units: list[list[float]] = []
    for back, quantity in enumerate(reversed(past), start=1):
        units.insert(0, [-back, min(quantity, stock)])
        stock -= units[0][1]
    units.insert(0, [-len(past) - 1, stock])
    owed, spoiled = 0.0, []
    for period, wanted in enumerate(demand):
        units.append([period, made[period]])
        owed += wanted
        for unit in units:
            taken = min(owed, unit[1])
            owed, unit[1] = owed - taken, unit[1] - taken
        spoiled.append(sum(quantity for born, quantity in units if born + life <= period))
        units = [unit for unit in units if unit[0] + life > period]
    return spoiled


@pytest.mark.parametrize(
    ("life", "made", "short"),
    [
        (None, [30.0, 100.0, 100.0, 100.0], 0.0),
        # What is sold in July was made in May at the earliest: with all of May and June there are 200.
        (2, [30.0, 100.0, 100.0, 100.0], 0.0),
        # Made in June at the earliest: the 10 of June come from May, all that June makes waits for July.
        (1, [10.0, 20.0, 100.0, 100.0], 100.0),
    ],
)
def test_a_peak_beyond_the_mill_is_built_ahead_only_as_far_as_stock_keeps(life: int | None, made: list[float], short: float) -> None:
    frames = one(demand=[10.0, 10.0, 10.0, 300.0], **MILL, resource_capacity=mill([100.0] * 4))
    result = optimum(keeps(frames, life), default_strategy="least_cost")
    rows = result.family_balance
    assert series(rows, "production_quantity", "planned") == pytest.approx(made, abs=1e-4)
    assert series(rows, "closing_shortage_quantity", "planned") == pytest.approx([0.0, 0.0, 0.0, short], abs=1e-4)
    assert series(rows, "spoiled_quantity", "planned") == [0.0] * 4
    # June is where it binds: more than its own output cannot be there at its end.
    is_said = ["no more is made ahead: stock keeps 1 period" in (note or "") for note in series(rows, "note", "planned")]
    assert is_said == [False, False, life == 1, False]
    assert_all_contracts(frames, result)


@settings(max_examples=20, deadline=None)
@given(
    demand=st.lists(amounts, min_size=6, max_size=6),
    past=st.lists(amounts, min_size=3, max_size=3).filter(any),
    least=st.lists(st.sampled_from([0.0, 0.0, 80.0]), min_size=6, max_size=6),
    stock=amounts,
    life=st.integers(1, 4),
)
def test_what_spoils_is_what_is_left_of_the_oldest_units(demand, past, least, stock, life):
    frames = keeps(
        one(
            demand=demand,
            family_history=received(stock, *past),
            supply_policies=[
                {"family_id": "F", "period_start": month(t), "strategy": "hybrid", "minimum_production_quantity": quantity}
                for t, quantity in enumerate(least)
            ],
        ),
        life,
    )
    for result in (balance(frames, level_block_periods=3), optimum(frames, switches=Switches(level_block_periods=3))):
        for (strategy,), rows in result.family_balance.sort("period_start").group_by("strategy"):
            made, spoiled, closing = (rows[f"{name}_quantity"].to_list() for name in ("production", "spoiled", "closing_inventory"))
            assert spoiled == pytest.approx(followed(made, demand, stock, past, life), abs=1e-4), strategy
            assert rows["other_movement_quantity"].to_list() == [-quantity for quantity in spoiled]
            assert min(closing) >= 0


@settings(max_examples=20, deadline=None)
@given(
    demand=st.lists(amounts, min_size=6, max_size=6),
    targets=st.lists(amounts, min_size=6, max_size=6),
    past=st.lists(amounts, min_size=2, max_size=2).filter(any),
    stock=amounts,
    spans=st.tuples(st.integers(1, 3), st.integers(1, 6)),
)
def test_level_and_chase_make_up_for_what_spoils_and_the_optimum_spoils_no_more(demand, targets, past, stock, spans):
    life, block = spans
    policies = [{"family_id": "F", "period_start": month(t), "target_quantity": target} for t, target in enumerate(targets)]
    frames = keeps(one(demand=demand, family_history=received(stock, *past), inventory_policies=policies), life)
    by_formula = balance(frames, level_block_periods=block, strategies=("level", "chase")).family_balance
    optimal = optimum(frames, switches=Switches(level_block_periods=block), strategies=("level", "chase")).family_balance
    for strategy, length in (("level", block), ("chase", 1)):
        made, closing, target = (
            series(by_formula, f"{name}_quantity", strategy) for name in ("production", "closing_inventory", "target_inventory")
        )
        for start in range(0, 6, length):
            last = min(start + length, 6) - 1
            rates = {round(quantity, 4) for quantity in made[start : last + 1]}
            assert max(rates) - min(rates) < 1e-3
            # Nothing made, and still above the goal, is the only way to miss it; who looks ahead then makes less before.
            if closing[last] != pytest.approx(target[last], abs=1e-4):
                assert closing[last] > target[last]
                assert made[last] == 0
                return
        spoiled, planned = (sum(series(frame, "spoiled_quantity", strategy)) for frame in (by_formula, optimal))
        assert planned <= spoiled + 1e-3
        if spoiled < 1e-3:
            assert series(optimal, "production_quantity", strategy) == pytest.approx(made, abs=1e-3), strategy


def test_a_target_beyond_what_sells_before_it_spoils_is_planned_as_that_and_said() -> None:
    policies = [{"family_id": "F", "period_start": month(t), "target_quantity": 100.0} for t in range(3)]
    frames = keeps(one(demand=[10.0, 20.0, 30.0, 30.0], horizon=3, inventory_policies=policies), 1)
    rows = optimum(frames).family_balance
    assert series(rows, "target_inventory_quantity", "planned") == [20.0, 30.0, 30.0]
    assert series(rows, "spoiled_quantity", "planned") == [0.0] * 3
    assert "stock of 100 asked for, 20 planned: it keeps 1 period, no more goes out in them" in series(rows, "note", "planned")[0]


def test_old_stock_spoils_in_every_strategy_and_its_value_stands_beside_the_costs() -> None:
    # 60 of the 100 came in last month, the rest before: with 2 periods of life 40 have to go now, of which customers take 30.
    frames = keeps(one(demand=[30.0, 20.0, 20.0], family_history=received(100.0, 500.0, 60.0)), 2)
    result = optimum(frames)
    for strategy in ("level", "chase", "hybrid", "least_cost", "planned"):
        assert series(result.family_balance, "spoiled_quantity", strategy)[0] == pytest.approx(10.0)
    measures = result.strategy_comparison.filter(pl.col("strategy") == "least_cost", pl.col("measure") == "spoiled_amount")
    # Of the 60 customers take 20 in May; the other 40 are two periods old then.
    assert dict(measures.select("family_id", "value").iter_rows()) == pytest.approx({"F": 50 * COST, "*": 50 * COST})
    notes = series(result.family_balance, "note", "planned")
    assert "10 spoil: stock keeps 2 periods" in notes[0]
    assert notes[0].count("spoil") == 1


def test_a_level_rate_that_nobody_plans_leaves_no_note_of_what_it_would_spoil() -> None:
    frames = keeps(one(demand=[10.0, 10.0, 10.0, 300.0]), 1)
    said = [note for note in series(balance(frames).family_balance, "note", "level") if note is not None and "spoil" in note]
    assert len(said) == 2
    rows = optimum(frames, default_strategy="least_cost").family_balance
    assert not [note for note in series(rows, "note", "planned") if note is not None and "spoil" in note]


def test_stock_of_unknown_age_is_taken_as_half_through_its_life() -> None:
    frames = keeps(one(demand=[10.0] * 4, stock=100.0), 4)
    rows = optimum(frames, default_strategy="least_cost").family_balance
    assert series(rows, "spoiled_quantity", "planned") == pytest.approx([0.0, 0.0, 70.0, 0.0])
    assert "age of the stock not known: taken as half its shelf life" in series(rows, "note", "planned")[0]


def test_stock_that_came_in_before_anything_is_known_is_no_older_than_that() -> None:
    # The 12 months of history explain 12 of the 100; a life of 20 leaves the others 7 more periods.
    past = [1.0] * 12
    frames = keeps(one(demand=[1.0] * 12, family_history=received(100.0, *past)), 20)
    rows = optimum(frames, default_strategy="least_cost").family_balance
    assert series(rows, "spoiled_quantity", "planned") == pytest.approx([0.0] * 7 + [80.0] + [0.0] * 4)


def test_a_family_is_made_in_runs_only_where_the_company_asks_for_it() -> None:
    frames = keeps(one(demand=[10.0, 10.0, 10.0, 10.0]), None, run=25.0)
    free = optimum(frames, default_strategy="least_cost").family_balance
    assert series(free, "production_quantity", "planned") == pytest.approx([10.0] * 4)
    result = optimum(frames, switches=Switches(minimum_runs=True, gap=0.0), default_strategy="least_cost")
    # Two runs would make 50; carrying 40 costs 54 money, the 10 too many 600.
    assert series(result.family_balance, "production_quantity", "planned") == pytest.approx([40.0, 0.0, 0.0, 0.0])
    assert result.stability_curve["rate_change_ratio"].max() <= 2.0
    assert_all_contracts(frames, result)


def test_a_run_begun_this_month_counts_and_a_frozen_quantity_wins_over_it() -> None:
    history = [opening_row("F", 0.0, production_quantity=20.0, shipped_quantity=20.0, demand_quantity=20.0)]
    approved = [{"family_id": "F", "period_start": month(1), "approved_production_quantity": 7.0}]
    frames = one(
        demand=[26.0, 7.0, 30.0],
        families=[{"family_id": "F", "planning_time_fence_periods": 2}],
        family_history=history,
        approved_plans=approved,
    )
    result = optimum(keeps(frames, None, run=25.0), switches=Switches(minimum_runs=True), default_strategy="least_cost")
    assert series(result.family_balance, "production_quantity", "planned") == pytest.approx([26.0, 7.0, 30.0])
    assert "minimum_run_quantity 25 planned as 7: frozen or asked for" in series(result.family_balance, "note", "planned")[1]
