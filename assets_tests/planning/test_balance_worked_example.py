"""The worked example, number by number: PUMPS to stock and PRESSES to order, April to September, level and chase."""

import polars as pl
import pytest
from balance_frames import assert_contracts, balance, day_rows, demand_rows, inputs, opening_row, series
from plan_frames import month

from sop_pipeline.planning.balance import SupplyResult

DAYS = [20.0, 20.0, 22.0, 23.0, 15.0, 22.0, 22.0]


@pytest.fixture(scope="module")
def example() -> SupplyResult:
    horizon = range(6)
    frames = inputs(
        horizon=6,
        look_ahead=1,
        families=[
            {"family_id": "PUMPS"},
            {"family_id": "PRESSES", "production_strategy": "make_to_order", "is_uncapacitated": True},
        ],
        family_demand=demand_rows("PUMPS", [1150, 1200, 1250, 1100, 1000, 1100, 1100])
        + demand_rows("PRESSES", [210, 190, 230, 220, 180, 200, None]),
        family_history=[opening_row("PUMPS", 1060.0), opening_row("PRESSES", 0.0, backlog=480.0)],
        site_working_days=day_rows(DAYS),
        inventory_policies=[{"family_id": "PUMPS", "period_start": month(t), "target_quantity": 1000.0} for t in horizon]
        # The backlog of 420 that 1290 presses in 122 days leave lasts so many days.
        + [{"family_id": "PRESSES", "period_start": month(t), "target_backlog_days": 420 / (1290 / 122)} for t in horizon],
        resources=[
            {"resource_id": "CELL"},
            {"resource_id": "CREW", "resource_type": "labour", "is_headcount_based": True},
        ],
        family_resources=[
            {"family_id": "PUMPS", "resource_id": "CELL", "usage_per_unit": 0.25},
            {"family_id": "PUMPS", "resource_id": "CREW", "usage_per_unit": 1.5},
        ],
        resource_capacity=[
            {
                "resource_id": resource,
                "period_start": month(t),
                "working_days": DAYS[t],
                "regular_capacity": hours * DAYS[t],
                "overtime_capacity": 0.2 * hours * DAYS[t] if resource == "CELL" else 0.0,
            }
            for resource, hours in (("CELL", 14), ("CREW", 84))
            for t in horizon
        ],
        workforce=[
            {"resource_id": "CREW", "period_start": month(t), "opening_headcount": 12.0, "regular_hours_per_head": 7 * DAYS[t]}
            for t in horizon
        ],
        supply_policies=[{"family_id": "PUMPS", "period_start": month(t), "strategy": "chase"} for t in horizon],
    )
    result = balance(frames)
    assert_contracts(frames, result)
    return result


def rounded(values: list[float], digits: int = 0) -> list[float]:
    return [round(value + 0.0, digits) for value in values]


def by_largest_remainder(values: list[float]) -> list[float]:
    """Whole numbers that sum to the rounded total; the largest fractions are rounded up, the earlier of equals first."""
    whole = [int(value) for value in values]
    order = sorted(range(len(values)), key=lambda t: (-(values[t] - whole[t]), t))
    for t in order[: round(sum(values)) - sum(whole)]:
        whole[t] += 1
    return [float(value) for value in whole]


def test_pumps_level_production_is_one_rate_a_day(example):
    production = series(example.family_balance, "production_quantity", family_id="PUMPS")
    assert sum(production) == pytest.approx(6740, abs=1e-4)
    assert [quantity / days for quantity, days in zip(production, DAYS, strict=False)] == pytest.approx([55.2459] * 6, abs=5e-5)
    assert by_largest_remainder(production) == [1105, 1105, 1215, 1271, 829, 1215]


def test_pumps_level_inventory_ends_at_its_target_and_lasts_so_many_days(example):
    closing = series(example.family_balance, "closing_inventory_quantity", family_id="PUMPS")
    assert rounded(closing) == [1015, 920, 885, 1056, 885, 1000]
    assert rounded(series(example.family_balance, "days_of_supply", family_id="PUMPS"), 1) == [16.9, 16.2, 18.5, 16.1, 17.7, 20.0]
    assert series(example.family_balance, "closing_shortage_quantity", family_id="PUMPS") == [0.0] * 6


def test_pumps_chase_production_ends_each_period_at_its_target(example):
    assert series(example.family_balance, "production_quantity", "chase", family_id="PUMPS") == [1090, 1200, 1250, 1100, 1000, 1100]
    assert series(example.family_balance, "closing_inventory_quantity", "chase", family_id="PUMPS") == [1000.0] * 6


def test_the_planned_strategy_is_what_each_family_asks_for(example):
    planned = example.family_balance.filter(pl.col("strategy") == "planned")
    assert planned.filter(pl.col("family_id") == "PUMPS")["applied_strategy"].unique().to_list() == ["chase"]
    assert planned.filter(pl.col("family_id") == "PRESSES")["applied_strategy"].unique().to_list() == ["level"]
    assert series(planned, "production_quantity", "planned", family_id="PUMPS") == [1090, 1200, 1250, 1100, 1000, 1100]


@pytest.mark.parametrize(("strategy", "percent"), [("level", [98.65] * 6), ("chase", [97.3, 107.1, 101.5, 85.4, 119.0, 89.3])])
def test_the_test_cell_is_loaded_so(example, strategy, percent):
    load = [100 * ratio for ratio in series(example.resource_load, "load_ratio", strategy, resource_id="CELL")]
    assert load == pytest.approx(percent, abs=0.05)
    assert series(example.family_balance, "binding_resource_id", strategy, family_id="PUMPS") == ["CELL"] * 6
    assert series(example.family_balance, "load_ratio", strategy, family_id="PUMPS") == [ratio / 100 for ratio in load]


def test_the_rounded_level_plan_loads_the_test_cell_so():
    plan = [1105, 1105, 1215, 1271, 829, 1215]
    assert rounded([100 * quantity * 0.25 / (14 * days) for quantity, days in zip(plan, DAYS, strict=False)], 1) == [
        98.7,
        98.7,
        98.6,
        98.7,
        98.7,
        98.6,
    ]


def test_the_test_cell_is_full_in_chase_and_never_beyond_its_overtime(example):
    status = series(example.resource_load, "load_status", "chase", resource_id="CELL")
    assert status == ["free", "full", "full", "free", "full", "free"]
    assert set(series(example.family_balance, "balance_status", "chase", family_id="PUMPS")) == {"balanced"}


def test_heads_follow_the_plan(example):
    level = series(example.workforce_plan, "required_heads", resource_id="CREW")
    assert rounded(level, 1) == [11.8] * 6
    chase = series(example.workforce_plan, "required_heads", "chase", resource_id="CREW")
    assert (round(min(chase), 1), round(max(chase), 1)) == (10.2, 14.3)
    assert series(example.family_balance, "required_heads", "chase", family_id="PUMPS") == pytest.approx(chase, abs=1e-6)
    assert series(example.workforce_plan, "planned_heads", "chase", resource_id="CREW") == pytest.approx(chase, abs=2e-6)


def test_presses_level_production_leaves_the_target_backlog(example):
    production = series(example.family_balance, "production_quantity", family_id="PRESSES")
    assert sum(production) == pytest.approx(1290, abs=1e-4)
    assert by_largest_remainder(production) == [211, 211, 233, 243, 159, 233]
    backlog = series(example.family_balance, "closing_backlog_quantity", family_id="PRESSES")
    # 431.2295 + 180 bookings − 15 days at 10.57377 = 452.6230.
    assert rounded(backlog, 2) == [478.52, 457.05, 454.43, 431.23, 452.62, 420.0]
    assert series(example.family_balance, "target_backlog_quantity", family_id="PRESSES") == pytest.approx([420.0] * 6, abs=1e-5)


def test_presses_backlog_rolled_from_rounded_flows(example):
    flows = by_largest_remainder(series(example.family_balance, "production_quantity", family_id="PRESSES"))
    backlog, rolled = 480.0, []
    for booked, shipped in zip([210, 190, 230, 220, 180, 200], flows, strict=True):
        backlog += booked - shipped
        rolled.append(backlog)
    assert rolled == [479, 458, 455, 432, 453, 420]


def test_presses_backlog_lasts_so_many_days(example):
    days = series(example.family_balance, "backlog_days", family_id="PRESSES")
    assert rounded(days, 1) == [45.3, 43.2, 43.0, 40.8, 42.8, 39.7]
    backlog = series(example.family_balance, "closing_backlog_quantity", family_id="PRESSES")
    assert days == pytest.approx([quantity / 10.573770 for quantity in backlog], abs=1e-5)
    # The sheet divides the rolled backlog, not the unrounded one.
    assert rounded([quantity / 10.5738 for quantity in (479, 458, 455, 432, 453, 420)], 1) == [45.3, 43.3, 43.0, 40.9, 42.8, 39.7]


def test_presses_say_that_they_are_uncapacitated(example):
    assert series(example.family_balance, "load_ratio", family_id="PRESSES") == [None] * 6
    assert set(series(example.family_balance, "note", family_id="PRESSES")) == {"uncapacitated: no routing and no bill of resources"}
