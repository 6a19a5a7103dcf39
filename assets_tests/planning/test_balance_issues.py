"""Families that feed families, and what the current period has seen: the balance by arithmetic."""

import polars as pl
import pytest
from balance_frames import balance, day_rows, demand_rows, inputs, one, opening_row, plan, policy, series
from plan_frames import month, months


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
