"""Orders of components with supplier quotas: ahead of their need where a period cannot bring them, and with suppliers that can."""

import numpy as np
import polars as pl
import pytest
from handoff_frames import APRIL, JUNE, MAY, demand, frame, horizon, items, supply
from hypothesis import given
from hypothesis import strategies as st

from sop_pipeline.planning.handoffs.material import plan_materials
from sop_pipeline.planning.handoffs.supplier_orders import order_from_suppliers
from sop_pipeline.planning.supply.requirements import order_ahead

QUANTITIES = st.lists(st.integers(0, 40), min_size=6, max_size=6)


@pytest.mark.parametrize(
    ("receipts", "most", "multiple", "ordered"),
    [
        ([100.0, 500, 1500], 980.0, 0.0, [140, 980, 980]),
        # 3,080 are more than three months bring: what has no room stays in its month.
        ([100.0, 980, 2000], 980.0, 0.0, [980, 980, 1120]),
        ([0.0, 0, 300], 150.0, 100.0, [100, 100, 100]),
        ([0.0, 0, 300], np.inf, 100.0, [0, 0, 300]),
    ],
)
def test_what_a_month_cannot_bring_comes_before_as_late_as_there_is_room(
    receipts: list[float], most: float, multiple: float, ordered: list[float]
) -> None:
    assert order_ahead(np.array([receipts]), np.full((1, 3), most), np.array([multiple]))[0].tolist() == ordered


@given(QUANTITIES, QUANTITIES)
def test_orders_keep_every_limit_that_can_be_kept_and_nothing_comes_late(receipts: list[int], most: list[int]) -> None:
    wanted, limit = np.array([receipts], dtype=float), np.array([most], dtype=float)
    moved = order_ahead(wanted, limit, np.zeros(1))
    assert moved.sum() == wanted.sum()
    assert (moved >= 0).all()
    assert (moved.cumsum() >= wanted.cumsum()).all()
    # By its own reckoning from the end: a month's orders and all that later ones could not bring.
    late, unkept = 0.0, []
    for need, room in zip(reversed(receipts), reversed(most), strict=True):
        late = max(late + need - room, 0.0)
        unkept.append(late)
    # The excess over all limits is what even the first month cannot take of what had to come before it.
    assert np.maximum(moved - limit, 0.0).sum() == pytest.approx(unkept[-1])


def quotas(*rows: tuple[str, object, float | None, float]) -> pl.DataFrame:
    cells = (
        {"item_id": "SEAL", "supplier_id": supplier, "period_start": start, "limit_quantity": limit, "on_order_quantity": ordered}
        for supplier, start, limit, ordered in rows
    )
    return frame("core.supplier_quotas", *cells)


def bought(*suppliers: tuple[str, float]) -> tuple[pl.DataFrame, pl.DataFrame]:
    seal = items(SEAL=None).with_columns(sourcing=pl.lit("buy"))
    return seal, frame(
        "core.item_suppliers",
        *({"item_id": "SEAL", "supplier_id": name, "share_ratio": share, "lead_time_days": 0} for name, share in suppliers),
    )


def test_material_is_ordered_within_what_suppliers_deliver_beside_their_open_orders() -> None:
    seal, suppliers = bought(("NORTH", 1.0))
    needs = demand(("SEAL", APRIL, 30), ("SEAL", MAY, 50), ("SEAL", JUNE, 90))
    tables = {
        "item_supply": frame("plan.item_supply"),
        "family_supply": supply(),
        "family_balance": frame("plan.family_balance"),
        "family_history": frame("core.family_history"),
        "item_demand": needs,
        "items": seal,
        "item_components": frame("core.item_components"),
        "item_suppliers": suppliers,
        "item_positions": frame("core.item_positions"),
        "scheduled_receipts": frame("core.scheduled_receipts"),
        "planning_options": frame("core.planning_options"),
    }
    limits = quotas(("NORTH", APRIL, 70, 0), ("NORTH", MAY, 70, 10), ("NORTH", JUNE, 70, 0))
    ordered = plan_materials(horizon(), **tables, supplier_quotas=limits).sort("period_start")
    # June brings 70 of 90, May 10 of the 20 it has left beside 50 and an open order of 10, April the last 10.
    assert ordered["planned_order_quantity"].to_list() == pytest.approx([40, 60, 70])
    assert ordered["net_requirement_quantity"].to_list() == pytest.approx([30, 50, 90])
    assert ordered["on_hand_quantity"].to_list() == pytest.approx([0, 10, 20])
    unlimited = plan_materials(horizon(), **tables, supplier_quotas=quotas(("NORTH", MAY, None, 0))).sort("period_start")
    assert unlimited["planned_order_quantity"].to_list() == pytest.approx([30, 50, 90])


def test_what_one_supplier_cannot_deliver_goes_to_those_with_most_room_and_the_rest_stays_visible() -> None:
    seal, suppliers = bought(("NORTH", 0.5), ("SOUTH", 0.25), ("WEST", 0.25))
    wanted = [
        {"scenario_id": "base", "item_id": "SEAL", "period_start": start, "planned_order_quantity": quantity}
        for start, quantity in ((APRIL, 100.0), (MAY, 400.0))
    ]
    limits = [(name, start, most, 0.0) for name, most in (("NORTH", 30.0), ("SOUTH", 60.0), ("WEST", 30.0)) for start in (APRIL, MAY)]
    orders = order_from_suppliers(
        horizon(),
        material_requirements=frame("plan.material_requirements", *wanted),
        item_suppliers=suppliers,
        items=seal,
        supplier_quotas=quotas(*limits),
    )
    april = dict(orders.filter(period_start=APRIL).select("supplier_id", "planned_order_quantity").iter_rows())
    # Of 50 at NORTH 20 move, all to SOUTH, which has room for 35 more; WEST keeps its 25.
    assert april == pytest.approx({"NORTH": 30, "SOUTH": 45, "WEST": 25})
    # May asks more of all three than they can deliver: each keeps what its share of the 500 leaves open, over its limit.
    may = dict(orders.filter(period_start=MAY).select("supplier_id", "planned_order_quantity").iter_rows())
    assert may == pytest.approx({"NORTH": 220, "SOUTH": 80, "WEST": 100})
