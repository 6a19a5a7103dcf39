"""The formulas of the supply arithmetic, one hand-computed case each; every case also passes the identities."""

import math

import polars as pl
import pytest
from balance_frames import balance, day_rows, demand_rows, inputs, one, opening_row, series
from plan_frames import month, months, table

from sop_pipeline.contracts.forecast import FamilyBacktest
from sop_pipeline.planning.balance import balance_supply


def policy(quantities: list[float | None] | None = None, **columns: float) -> list[dict]:
    values = quantities if quantities is not None else [None] * 4
    return [{"family_id": "F", "period_start": month(t), "target_quantity": value, **columns} for t, value in enumerate(values)]


def supply_policy(count: int = 4, **columns: object) -> list[dict]:
    return [{"family_id": "F", "period_start": month(t), "strategy": "level", **columns} for t in range(count)]


def override(measure: str, offset: int = 1, **columns: object) -> dict:
    key = {"override_id": f"{measure}{offset}{columns}", "family_id": "F", "period_start": month(offset), "step": "supply_review"}
    return key | {"measure": measure} | columns


def plan(column: str, strategy: str = "level", **rows: object) -> list:
    return series(balance(one(**rows)).family_balance, column, strategy)


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


# Families that feed families


def pair(*, offset: int = 0, **rows: list[dict]) -> dict:
    """Two MOTORs go into a PUMP; both have their own demand."""
    frames = {
        "families": [{"family_id": "MOTOR"}, {"family_id": "PUMP"}],
        "family_demand": demand_rows("MOTOR", [5.0, 5.0, 5.0]) + demand_rows("PUMP", [10.0, 40.0, 10.0]),
        "site_working_days": day_rows([20.0] * 3),
        "family_usage": [
            {"family_id": "PUMP", "component_family_id": "MOTOR", "lead_time_offset_periods": offset, "quantity_per_unit": 2.0}
        ],
    }
    return inputs(horizon=3, **(frames | rows))


def test_what_a_family_makes_is_issued_by_the_family_it_takes_from():
    result = balance(pair()).family_balance
    assert series(result, "issued_quantity", "chase", family_id="MOTOR") == [20.0, 80.0, 20.0]
    assert series(result, "production_quantity", "chase", family_id="MOTOR") == [25.0, 85.0, 25.0]
    assert series(result, "issued_quantity", family_id="MOTOR") == [40.0, 40.0, 40.0]


def test_issues_lie_their_offset_before_and_beyond_the_horizon_the_mean_rate_goes_on():
    result = balance(pair(offset=1)).family_balance
    assert series(result, "issued_quantity", "chase", family_id="MOTOR") == [80.0, 20.0, 40.0]


def test_supply_is_never_below_what_other_families_take():
    rows = [{"family_id": "PUMP", "period_start": month(t), "strategy": "chase"} for t in range(3)]
    early = demand_rows("MOTOR", [5.0, 5.0, 5.0]) + demand_rows("PUMP", [40.0, 10.0, 10.0])
    result = balance(pair(supply_policies=rows, family_demand=early)).family_balance
    # Level would be 45 a period; the first takes 80, the rest of the 135 is levelled again.
    assert series(result, "production_quantity", "planned", family_id="MOTOR") == pytest.approx([80.0, 27.5, 27.5], abs=1e-5)
    assert series(result, "closing_shortage_quantity", "planned", family_id="MOTOR") == pytest.approx([5.0, 2.5, 0.0], abs=1e-5)


def test_issues_wait_where_supply_is_fixed_below_them():
    fixed = [
        {"override_id": "O", "measure": "production", "family_id": "MOTOR", "period_start": month(0), "step": "executive", "quantity": 0.0}
    ]
    result = balance(pair(overrides=fixed)).family_balance
    assert series(result, "issued_quantity", "chase", family_id="MOTOR") == [0.0, 100.0, 20.0]
    assert "other families wait for 20" in series(result, "note", "chase", family_id="MOTOR")[0]


def test_families_in_a_circle_are_planned_and_named():
    both = [
        {"family_id": "PUMP", "component_family_id": "MOTOR", "quantity_per_unit": 1.0},
        {"family_id": "MOTOR", "component_family_id": "PUMP", "quantity_per_unit": 1.0},
    ]
    result = balance(pair(family_usage=both)).family_balance
    named = result.filter(pl.col("note").str.contains("what family PUMP takes is left out: the two feed each other in a circle"))
    assert named.select("strategy", "family_id").rows() == [(strategy, "MOTOR") for strategy in ("level", "chase", "planned")]
    assert series(result, "issued_quantity", family_id="PUMP") == [5.0] * 3


def test_forward_demand_holds_what_other_families_take():
    stock = [opening_row("MOTOR", 100.0)]
    assert series(balance(pair(family_history=stock)).family_balance, "days_of_supply", "chase", family_id="MOTOR")[0] == pytest.approx(
        20 + 20 * 15 / 25
    )


# The current period


def test_the_current_period_is_to_date_plus_remainder():
    flows = {"demand_quantity": 30.0, "shipped_quantity": 25.0, "production_quantity": 45.0, "purchase_quantity": 2.0}
    history = [
        opening_row("F", None, **flows)
        | {"opening_inventory_quantity": 40.0, "closing_inventory_quantity": 57.0, "unexplained_quantity": -5.0, "past_due_quantity": 7.0}
    ]
    frames = one(
        demand=[100.0, 100.0],
        family_history=history,
        site_working_days=day_rows([20.0, 20.0], remaining=5.0),
        inventory_policies=policy([50.0] * 2),
    )
    frames["periods"] = months(2, history=12, remaining_ratio=0.25)
    first = balance(frames).family_balance.filter(pl.col("strategy") == "chase").sort("period_start").row(0, named=True)
    assert (first["opening_inventory_quantity"], first["unexplained_quantity"]) == (40.0, -5.0)
    assert first["demand_quantity"] == 100.0
    assert first["opening_shortage_quantity"] == 7.0
    assert first["production_quantity"] == 45.0 + (70 + 7 + 50 - 57)
    assert first["shipped_quantity"] == 25.0 + 77.0
    assert first["closing_inventory_quantity"] == 50.0
    assert balance(frames).family_supply["rate_per_working_day"][0] is not None


def test_the_remainder_of_a_level_block_runs_on_the_days_left():
    frames = one(demand=[100.0, 100.0], days=[20.0, 20.0], site_working_days=day_rows([20.0, 20.0], remaining=5.0))
    assert series(balance(frames).family_balance, "production_quantity") == pytest.approx([40.0, 160.0], abs=1e-5)


def test_stock_below_zero_starts_from_zero_and_says_so():
    result = balance(one(demand=[100.0], stock=-30.0)).family_balance
    assert series(result, "opening_inventory_quantity") == [0.0]
    assert series(result, "note") == ["stock of -30 taken as 0"]
    moved = opening_row("F", None, shipped_quantity=70.0) | {"opening_inventory_quantity": 40.0, "closing_inventory_quantity": -30.0}
    later = balance(one(demand=[100.0], family_history=[moved])).family_balance
    assert (series(later, "opening_inventory_quantity"), series(later, "unexplained_quantity")) == ([40.0], [30.0])


def test_unknown_stock_starts_from_zero_and_says_so():
    assert plan("note", demand=[100.0], stock=None) == ["no stock known: planned from 0"]


def test_past_due_orders_open_the_shortage_of_make_to_stock():
    due = [{"family_id": "F", "period_start": month(0), "past_due_quantity": 12.0}]
    frames = one(demand=[100.0], orders_due=due)
    assert series(balance(frames).family_balance, "opening_shortage_quantity") == [12.0]
    assert series(balance(frames).family_balance, "past_due_quantity") == [12.0]
    assert series(balance(frames).family_balance, "production_quantity") == [112.0]


# Statuses


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ({"supply_policies": supply_policy(1, maximum_production_quantity=90.0)}, "short"),
        ({"inventory_policies": policy([50.0]), "overrides": [override("closing_inventory", 0, quantity=40.0)]}, "below_target"),
        (
            {
                "inventory_policies": policy([50.0], minimum_days_of_supply=6.0),
                "overrides": [override("closing_inventory", 0, quantity=40.0)],
            },
            "balanced",
        ),
        (
            {
                "inventory_policies": policy([50.0], minimum_days_of_supply=9.0),
                "overrides": [override("closing_inventory", 0, quantity=40.0)],
            },
            "below_target",
        ),
        ({"inventory_policies": policy([50.0], maximum_days_of_supply=9.0)}, "excess"),
        ({"inventory_policies": policy([50.0])}, "balanced"),
    ],
)
def test_the_status_is_the_first_that_holds(rows, status):
    assert plan("balance_status", demand=[100.0], **rows) == [status]


def test_make_to_order_is_short_while_anything_is_past_due_and_below_target_above_its_backlog():
    presses = {"demand": [100.0, 100.0], "backlog": 50.0, "families": [{"family_id": "F", "production_strategy": "make_to_order"}]}
    due = [{"family_id": "F", "period_start": month(0), "past_due_quantity": 5.0}]
    assert plan("balance_status", **presses, orders_due=due) == ["short", "balanced"]
    kept = {
        "overrides": [override("production", t, quantity=60.0) for t in range(2)],
        "inventory_policies": policy(target_backlog_days=10.0)[:2],
    }
    assert plan("balance_status", **presses, **kept) == ["below_target", "below_target"]


# Refusals


def test_a_block_without_periods_is_refused():
    with pytest.raises(ValueError, match=r"level_block_periods is 0.*correct sop\.yaml"):
        balance_supply(**one(demand=[1.0]), level_block_periods=0)


def test_a_family_that_core_does_not_know_is_refused():
    with pytest.raises(ValueError, match=r"core\.approved_plans: column family_id holds 1 ids .*GHOST"):
        balance_supply(**one(demand=[1.0], approved_plans=[{"family_id": "GHOST", "period_start": month(0)}]))


def test_a_period_without_working_days_is_refused():
    with pytest.raises(ValueError, match=r"core\.site_working_days: no working_days for site '' in the period of 2026-05-01"):
        balance_supply(**one(demand=[1.0, 1.0], site_working_days=day_rows([20.0])))


def test_a_family_without_history_says_in_every_row_what_it_is_planned_on():
    submitted = demand_rows("F", [40.0, 0.0], steps=("executive",))
    assert plan("note", demand=[40.0, 0.0], family_demand=submitted) == [
        "no sales history: planned on the submitted sales forecast",
        "no sales history and no sales forecast: planned at 0",
    ]


def test_a_family_without_a_demand_plan_is_planned_at_zero_and_says_so():
    assert plan("note", demand=[0.0], family_demand=[]) == ["no demand plan: planned at 0"]
