"""The formulas of the supply arithmetic, one hand-computed case each; every case also passes the identities."""

import math

import polars as pl
import pytest
from balance_frames import balance, one, override, plan, policy, series, supply_policy
from plan_frames import month, table

from sop_pipeline.contracts.forecast import FamilyBacktest

# Rates and targets


def test_without_a_policy_level_and_chase_end_at_the_opening_quantity():
    for strategy in ("level", "chase"):
        assert plan("closing_inventory_quantity", strategy, demand=[50.0, 150.0, 100.0], stock=80.0)[-1] == 80.0
        presses = [{"family_id": "F", "production_strategy": "make_to_order"}]
        assert plan("closing_backlog_quantity", strategy, demand=[50.0, 150.0, 100.0], backlog=70.0, families=presses)[-1] == 70.0


def test_the_opening_quantity_is_kept_inside_minimum_and_maximum():
    low = policy(minimum_days_of_supply=40.0)
    assert plan("closing_inventory_quantity", "chase", demand=[100.0] * 4, stock=80.0, inventory_policies=low) == [200.0] * 4
    high = policy(maximum_days_of_supply=10.0)
    assert plan("closing_inventory_quantity", "chase", demand=[100.0] * 4, stock=80.0, inventory_policies=high) == [50.0] * 4


def test_each_level_block_ends_at_the_target_of_its_last_period_at_its_own_daily_rate():
    frames = one(demand=[100.0, 300.0, 100.0, 100.0], stock=50.0, days=[10.0, 30.0, 20.0, 20.0], inventory_policies=policy([0, 90, 0, 40]))
    result = balance(frames, level_block_periods=2).family_balance
    assert series(result, "production_quantity") == [110.0, 330.0, 75.0, 75.0]
    assert series(result, "closing_inventory_quantity") == [60.0, 90.0, 65.0, 40.0]


def test_supply_is_never_below_zero():
    for strategy in ("level", "chase"):
        rows = {"demand": [10.0, 10.0, 10.0, 10.0], "stock": 500.0, "inventory_policies": policy([0.0] * 4)}
        assert plan("production_quantity", strategy, **rows) == [0.0] * 4
        assert plan("closing_inventory_quantity", strategy, **rows)[-1] == 460.0


def test_days_targets_walk_forward_over_demand_to_come():
    rows = policy(target_days_of_supply=30.0, maximum_days_of_supply=50.0, minimum_days_of_supply=10.0)
    frames = one(demand=[100.0, 200.0, 400.0, 100.0, 60.0, 60.0], horizon=4, inventory_policies=rows)
    result = balance(frames).family_balance
    assert series(result, "target_inventory_quantity", "chase") == [400.0, 450.0, 130.0, 90.0]
    assert series(result, "minimum_inventory_quantity", "chase")[0] == 100.0
    assert series(result, "maximum_inventory_quantity", "chase")[0] == 650.0
    assert series(result, "days_of_supply", "chase") == [30.0] * 4


def test_a_target_quantity_wins_over_days():
    assert (
        plan("closing_inventory_quantity", "chase", demand=[100.0] * 4, inventory_policies=policy([7.0] * 4, target_days_of_supply=30.0))
        == [7.0] * 4
    )


def test_a_service_level_gives_the_minimum_where_none_is_set():
    rows = policy([500.0] * 4, service_level_ratio=0.95)
    rows[3] |= {"minimum_days_of_supply": 4.0}
    frames = one(demand=[100.0] * 4, inventory_policies=rows)
    errors = table(FamilyBacktest, [{"family_id": "F", "lag_periods": lag, "error_deviation_quantity": 20.0 * lag} for lag in (1, 2)])
    times = pl.DataFrame([{"family_id": "F", "lead_time_periods": 2.0, "lead_time_deviation_periods": 0.3}])
    minimum = series(balance(frames, family_backtest=errors, family_lead_times=times).family_balance, "minimum_inventory_quantity")
    assert minimum == pytest.approx([1.6448536 * math.sqrt(2 * 20**2 + 100**2 * 0.3**2)] * 3 + [20.0], rel=1e-6)
    assert series(balance(frames).family_balance, "minimum_inventory_quantity") == [None] * 3 + [20.0]


def test_backlog_days_are_days_of_the_stretchs_own_shipments():
    rows = policy(target_backlog_days=30.0)
    presses = [{"family_id": "F", "production_strategy": "make_to_order"}]
    level = balance(one(demand=[100.0, 60.0, 140.0, 100.0], backlog=150.0, families=presses, inventory_policies=rows)).family_balance
    rate = (400 + 150) / (80 + 30)
    assert series(level, "production_quantity") == pytest.approx([20 * rate] * 4)
    assert series(level, "closing_backlog_quantity")[-1] == pytest.approx(30 * rate)
    assert series(level, "backlog_days")[-1] == pytest.approx(30)
    chase, backlog = series(level, "shipped_quantity", "chase"), 150.0
    for booked, shipped in zip([100.0, 60.0, 140.0, 100.0], chase, strict=True):
        assert shipped == pytest.approx(20 * (backlog + booked) / 50)
        backlog += booked - shipped


def test_finished_stock_of_make_to_order_ships_first():
    presses = [{"family_id": "F", "production_strategy": "make_to_order"}]
    frames = one(
        demand=[100.0, 100.0], stock=50.0, backlog=200.0, families=presses, inventory_policies=policy(target_backlog_days=20.0)[:2]
    )
    result = balance(frames).family_balance
    # Shipments are (200 booked + 200 backlog) ÷ (40 + 20 days) × 40 days, of which 50 lie finished.
    assert sum(series(result, "shipped_quantity")) == pytest.approx(400 / 60 * 40)
    assert sum(series(result, "production_quantity")) == pytest.approx(400 / 60 * 40 - 50)
    assert series(result, "closing_inventory_quantity") == [0.0, 0.0]


def test_a_family_changes_from_level_to_chase_when_its_policy_does():
    rows = [row | {"strategy": "level" if t < 2 else "chase"} for t, row in enumerate(supply_policy())]
    result = balance(one(demand=[50.0, 150.0, 70.0, 90.0], inventory_policies=policy([10.0] * 4), supply_policies=rows)).family_balance
    assert series(result, "production_quantity", "planned") == [105.0, 105.0, 70.0, 90.0]
    assert series(result, "applied_strategy", "planned") == ["level", "level", "chase", "chase"]


def test_what_only_an_optimiser_can_give_is_planned_level_and_says_so():
    result = balance(one(demand=[50.0, 150.0], supply_policies=supply_policy(2, strategy="hybrid"))).family_balance
    assert series(result, "applied_strategy", "planned") == ["level"] * 2
    assert series(result, "note", "planned") == ["hybrid asked for, level planned"] * 2
    assert series(result, "note", "level") == [None] * 2


# Limits and orders


def test_a_short_maximum_leaves_a_shortage_that_waits():
    rows = {"demand": [100.0, 100.0, 20.0], "supply_policies": supply_policy(3, maximum_production_quantity=80.0)}
    assert plan("production_quantity", "chase", **rows) == [80.0, 80.0, 60.0]
    assert plan("closing_shortage_quantity", "chase", **rows) == [20.0, 40.0, 0.0]
    assert plan("balance_status", "chase", **rows) == ["short", "short", "balanced"]


def test_level_builds_ahead_of_a_maximum_and_keeps_a_minimum():
    limits = supply_policy(3, minimum_production_quantity=70.0)
    limits[1] |= {"maximum_production_quantity": 75.0}
    rows = {"demand": [60.0, 60.0, 140.0], "supply_policies": limits}
    assert plan("production_quantity", **rows) == [92.5, 75.0, 92.5]
    assert plan("production_quantity", "chase", **rows) == [70.0, 70.0, 120.0]


def test_approved_production_is_kept_inside_the_planning_time_fence():
    rows = {
        "demand": [100.0] * 4,
        "families": [{"family_id": "F", "planning_time_fence_periods": 2}],
        "approved_plans": [{"family_id": "F", "period_start": month(t), "approved_production_quantity": 130.0} for t in range(4)],
    }
    assert plan("production_quantity", **rows) == [130.0, 130.0, 70.0, 70.0]


def test_supply_overrides_are_kept_and_the_rest_follows():
    rows = {"demand": [100.0] * 4}
    assert plan("production_quantity", **rows, overrides=[override("production", 1, quantity=10.0)]) == pytest.approx([130, 10, 130, 130])
    assert plan("production_quantity", **rows, overrides=[override("production", 1, change_ratio=0.5)])[1] == 150.0
    assert plan("purchase_quantity", **rows, overrides=[override("purchase", 2, change_quantity=40.0)]) == [0, 0, 40, 0]
    subcontract = balance(one(**rows, overrides=[override("subcontract", 0, quantity=40.0)]))
    assert series(subcontract.family_balance, "production_quantity") == pytest.approx([90.0] * 4)
    assert subcontract.family_supply.filter(pl.col("source_kind") == "subcontract")["source_id"].unique().to_list() == ["main"]


def test_the_executive_override_acts_on_the_supply_review_one():
    both = [override("production", 1, change_quantity=20.0), override("production", 1, step="executive", change_ratio=0.5)]
    assert plan("production_quantity", demand=[100.0] * 4, overrides=both)[1] == 180.0


def test_an_item_override_changes_the_items_part_of_its_family():
    items = {
        "items": [{"item_id": "A", "family_id": "F", "planning_units_per_unit": 10.0}],
        "item_mix": [{"item_id": "A", "family_id": "F", "mix_ratio": 0.3}],
    }
    assert (
        plan("production_quantity", demand=[100.0] * 4, **items, overrides=[override("production", 1, item_id="A", quantity=5.0)])[1]
        == 120.0
    )


def test_an_ordered_closing_splits_the_level_block():
    rows = {"demand": [100.0] * 4, "overrides": [override("closing_inventory", 1, quantity=60.0)]}
    assert plan("production_quantity", **rows) == [130.0, 130.0, 70.0, 70.0]
    assert plan("closing_inventory_quantity", "chase", **rows) == [0.0, 60.0, 0.0, 0.0]


def test_an_ordered_backlog_is_reached():
    presses = [{"family_id": "F", "production_strategy": "make_to_order"}]
    rows = {"demand": [100.0] * 4, "backlog": 200.0, "families": presses, "overrides": [override("closing_backlog", 3, quantity=40.0)]}
    assert plan("closing_backlog_quantity", **rows) == [160.0, 120.0, 80.0, 40.0]


# Sources


def test_supply_follows_the_usual_shares_and_subcontracts_only_where_allowed():
    sources = [
        {"family_id": "F", "source_kind": kind, "source_id": source, "share_ratio": share}
        for kind, source, share in (
            ("production", "main", 0.4),
            ("production", "alt", 0.1),
            ("subcontract", "X", 0.3),
            ("purchase", "S", 0.2),
        )
    ]
    barred = balance(one(demand=[70.0, 70.0], family_sources=sources))
    assert series(barred.family_balance, "production_quantity") == pytest.approx([50, 50])
    assert series(barred.family_balance, "subcontract_quantity") == [0, 0]
    supply = barred.family_supply.filter((pl.col("strategy") == "level") & (pl.col("period_start") == month(0)))
    assert supply.select("source_id", "quantity").rows() == [("alt", 10.0), ("main", 40.0), ("S", 20.0), ("X", 0.0)]
    assert supply["rate_per_working_day"].to_list() == [0.5, 2.0, 1.0, 0.0]
    allowed = balance(one(demand=[70.0, 70.0], family_sources=sources, supply_policies=supply_policy(2, is_subcontract_allowed=True)))
    assert series(allowed.family_balance, "subcontract_quantity") == pytest.approx([21, 21])
    alone = [{"family_id": "F", "source_kind": "subcontract", "source_id": "X", "share_ratio": 1.0}]
    result = balance(one(demand=[70.0], family_sources=alone)).family_balance
    assert (series(result, "subcontract_quantity"), "no other source" in series(result, "note")[0]) == ([70.0], True)
