"""Requirements from frames, and orders shared out to suppliers, against hand-computed cases and plain loops."""

import datetime as dt
import math

import numpy as np
import polars as pl
import pytest
from handoff_frames import APRIL, JUNE, MAY, demand, frame, horizon, items, supply
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.handoffs.material import plan_materials
from sop_pipeline.planning.handoffs.supplier_orders import order_from_suppliers, share_out


def materials(as_of: dt.date = APRIL, **changes: pl.DataFrame) -> pl.DataFrame:
    tables = {
        "item_supply": frame("plan.item_supply"),
        "family_supply": supply(),
        "family_balance": frame("plan.family_balance"),
        "family_history": frame("core.family_history"),
        "item_demand": demand(),
        "items": items(),
        "item_components": frame("core.item_components"),
        "item_suppliers": frame("core.item_suppliers"),
        "item_positions": frame("core.item_positions"),
        "scheduled_receipts": frame("core.scheduled_receipts"),
        "planning_options": frame("core.planning_options"),
    } | changes
    return plan_materials(horizon(as_of=as_of), **tables)


def lots(*rows: tuple[str, dt.date, float]) -> pl.DataFrame:
    key = {"scenario_id": "base", "family_id": "PUMPS", "source_kind": "production", "source_id": "main"}
    cells = ({"item_id": item, "period_start": start, "lot_rounded_quantity": quantity} for item, start, quantity in rows)
    return frame("plan.item_supply", *({**key, **cell} for cell in cells))


def lines(*rows: tuple[str, str, float]) -> pl.DataFrame:
    cells = ({"parent_item_id": parent, "component_item_id": part, "gross_quantity_per": per} for parent, part, per in rows)
    return frame("core.item_components", *({**cell, "lead_time_offset_days": 0.0} for cell in cells))


def bought(frame_of_items: pl.DataFrame, *names: str) -> pl.DataFrame:
    return frame_of_items.with_columns(sourcing=pl.when(pl.col("item_id").is_in(names)).then(pl.lit("buy")).otherwise(pl.col("sourcing")))


def column(result: pl.DataFrame, item: str, name: str) -> list:
    return result.filter(pl.col("item_id") == item).sort("period_start")[name].to_list()


def test_a_pump_takes_its_castings_when_it_is_released_and_they_are_ordered_their_suppliers_days_before() -> None:
    """10 pumps in May and June, 31 days to make: castings are needed in April and May, their supplier takes 20 days."""
    pump = items(PUMP="PUMPS", CASTING=None).with_columns(
        lead_time_days=pl.when(pl.col("item_id") == "PUMP").then(31), lot_multiple_quantity=pl.lit(5.0)
    )
    result = materials(
        item_supply=lots(("PUMP", MAY, 10), ("PUMP", JUNE, 10)),
        item_demand=demand(("PUMP", APRIL, 4)),
        items=bought(pump, "CASTING"),
        item_components=lines(("PUMP", "CASTING", 2)),
        item_suppliers=frame(
            "core.item_suppliers",
            {"item_id": "CASTING", "supplier_id": "S", "share_ratio": 1.0, "lead_time_days": 20, "order_multiple_quantity": 8.0},
        ),
        item_positions=frame("core.item_positions", {"item_id": "CASTING", "on_hand_quantity": 25.0, "owed_quantity": 0.0}),
    )
    assert column(result, "PUMP", "planned_release_quantity") == pytest.approx([10, 10, 0])
    assert column(result, "PUMP", "order_by_date") == [None, dt.date(2026, 4, 15), dt.date(2026, 5, 15)]
    assert column(result, "PUMP", "on_hand_quantity") == pytest.approx([0, -4, 6])
    assert column(result, "CASTING", "gross_requirement_quantity") == pytest.approx([20, 20, 0])
    assert column(result, "CASTING", "net_requirement_quantity") == pytest.approx([0, 15, 0])
    assert column(result, "CASTING", "planned_order_quantity") == pytest.approx([0, 16, 0])
    assert column(result, "CASTING", "order_by_date") == [None, dt.date(2026, 4, 26), None]
    assert column(result, "CASTING", "past_due_release_quantity") == pytest.approx([0, 0, 0])


def test_what_should_have_been_ordered_before_the_night_is_past_due() -> None:
    result = materials(
        as_of=dt.date(2026, 4, 10),
        item_supply=lots(("PUMP", APRIL, 10)),
        items=bought(items(PUMP="PUMPS", CASTING=None), "CASTING").with_columns(lead_time_days=pl.lit(11)),
        item_components=lines(("PUMP", "CASTING", 1)),
    )
    # 20 April less 11 days
    assert column(result, "CASTING", "order_by_date")[0] == dt.date(2026, 4, 9)
    assert column(result, "CASTING", "past_due_release_quantity") == pytest.approx([10, 0, 0])


def test_an_unknown_lead_time_gives_no_day_to_order_by() -> None:
    result = materials(item_supply=lots(("PUMP", MAY, 10)), items=items(PUMP="PUMPS"))
    assert column(result, "PUMP", "planned_order_quantity") == pytest.approx([0, 10, 0])
    assert column(result, "PUMP", "order_by_date") == [None, None, None]


def test_options_follow_the_family_and_are_not_taken_by_its_variants_again() -> None:
    result = materials(
        item_supply=lots(("V", MAY, 10), ("OTHER", MAY, 5)),
        family_supply=supply(("PUMPS", MAY, 10)),
        items=items(V="PUMPS", OTHER="FANS", PANEL=None, FRAME=None),
        item_components=lines(("V", "PANEL", 1), ("V", "FRAME", 1), ("OTHER", "PANEL", 3)),
        planning_options=frame(
            "core.planning_options", {"family_id": "PUMPS", "item_id": "PANEL", "kind": "option", "quantity_per_unit": 0.4}
        ),
    )
    assert column(result, "PANEL", "gross_requirement_quantity") == pytest.approx([0, 4 + 15, 0])
    assert column(result, "FRAME", "gross_requirement_quantity") == pytest.approx([0, 10, 0])


def test_a_bill_that_runs_in_a_circle_takes_nothing_along_the_circle_and_the_rest_is_planned() -> None:
    result = materials(
        item_supply=lots(("PUMP", MAY, 10)),
        items=items(PUMP="PUMPS", A=None, B=None, BOLT=None),
        item_components=lines(("PUMP", "A", 1), ("A", "B", 1), ("B", "A", 1), ("B", "BOLT", 5), ("A", "BOLT", 2)),
    )
    assert column(result, "BOLT", "gross_requirement_quantity") == pytest.approx([0, 20, 0])


def test_what_is_bought_is_not_taken_apart() -> None:
    result = materials(
        item_supply=lots(("PUMP", MAY, 10)),
        items=bought(items(PUMP="PUMPS", MOTOR=None, WIRE=None), "MOTOR"),
        item_components=lines(("PUMP", "MOTOR", 1), ("MOTOR", "WIRE", 9)),
    )
    assert result["item_id"].unique().sort().to_list() == ["MOTOR", "PUMP"]


def test_orders_that_wait_and_open_orders_stand_in_their_periods() -> None:
    result = materials(
        items=items(SPARE=None),
        item_positions=frame(
            "core.item_positions", {"item_id": "SPARE", "on_hand_quantity": 3.0, "owed_quantity": 5.0, "safety_quantity": 1.0}
        ),
        scheduled_receipts=frame(
            "core.scheduled_receipts",
            {"item_id": "SPARE", "site_id": "", "period_start": MAY, "work_order_quantity": 2.0, "purchase_order_quantity": 4.0},
        ),
    )
    assert column(result, "SPARE", "gross_requirement_quantity") == pytest.approx([5, 0, 0])
    assert column(result, "SPARE", "on_order_quantity") == pytest.approx([0, 6, 0])
    assert column(result, "SPARE", "planned_order_quantity") == pytest.approx([3, 0, 0])
    assert column(result, "SPARE", "on_hand_quantity") == pytest.approx([3, 1, 7])


def test_suppliers_get_their_shares_by_their_own_lead_times() -> None:
    of_item = {"item_id": "SEAL", "minimum_order_quantity": None, "order_multiple_quantity": None}
    orders = order_from_suppliers(
        horizon(),
        material_requirements=frame(
            "plan.material_requirements",
            {"scenario_id": "base", "item_id": "SEAL", "period_start": MAY, "planned_order_quantity": 100.0},
        ),
        item_suppliers=frame(
            "core.item_suppliers",
            {**of_item, "supplier_id": "NEAR", "share_ratio": 0.6, "lead_time_days": 10},
            {**of_item, "supplier_id": "FAR", "share_ratio": 0.4, "lead_time_days": 30},
            {**of_item, "supplier_id": "OLD", "share_ratio": 0.0, "lead_time_days": 1},
        ),
        items=bought(items(SEAL=None), "SEAL"),
    )
    assert orders.sort("supplier_id").select("supplier_id", "planned_order_quantity", "order_by_date").rows() == [
        ("FAR", pytest.approx(40), dt.date(2026, 4, 16)),
        ("NEAR", pytest.approx(60), dt.date(2026, 5, 6)),
    ]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 10_000))
def test_shared_orders_agree_with_a_plain_loop(seed: int) -> None:
    random = np.random.default_rng(seed)
    item = np.sort(np.concatenate([np.arange(4), random.integers(0, 4, 5)]))
    weight = random.integers(1, 10, item.size).astype(float)
    share = weight / np.bincount(item, weight)[item]
    lot = random.choice([0.0, 10.0, 25.0], item.size)
    ordered = random.choice([0.0, 5.0, 60.0, 100.0], (4, 6))
    given = share_out(item, share, lot, ordered)
    for one in range(4):
        mine = np.flatnonzero(item == one)
        due, got = dict.fromkeys(mine, 0.0), dict.fromkeys(mine, 0.0)
        for period in range(6):
            room = ordered[one, period]
            for supplier in mine:
                due[supplier] += share[supplier] * room
            behind = {supplier: max(due[supplier] - got[supplier], 0.0) for supplier in mine}
            orders = dict.fromkeys(mine, 0.0)
            wanted_before = 0.0
            for supplier in sorted(mine, key=lambda one: (-behind[one], one)):
                size = lot[supplier]
                wanted = math.floor(behind[supplier] / size + 1e-9) * size if size else behind[supplier]
                fits = min(wanted, max(room - wanted_before, 0.0))
                orders[supplier] = math.floor(fits / size + 1e-9) * size if size else fits
                wanted_before += wanted
            furthest = min(mine, key=lambda one: (-(behind[one] - orders[one]), one))
            orders[furthest] += room - sum(orders.values())
            for supplier in mine:
                got[supplier] += orders[supplier]
                assert given[supplier, period] == pytest.approx(orders[supplier], abs=1e-6)
    np.testing.assert_allclose(np.stack([np.bincount(item, column, minlength=4) for column in given.T], axis=1), ordered, atol=1e-9)
    assert (given >= -1e-9).all()


def test_a_company_without_items_orders_nothing() -> None:
    nothing = materials()
    assert nothing.is_empty()
    orders = order_from_suppliers(
        horizon(), material_requirements=nothing, item_suppliers=frame("core.item_suppliers"), items=frame("core.items")
    )
    assert orders.is_empty()
