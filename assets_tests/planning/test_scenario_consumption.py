"""What a scenario's demand is beside the orders in hand: theirs alone inside the fence, and of the forecast only what they leave."""

import numpy as np
import polars as pl
import pytest
from balance_frames import demand_rows
from hypothesis import given
from hypothesis import strategies as st
from plan_frames import month, months, table
from polars.testing import assert_frame_equal
from test_scenario_items import family_of_items, item_steps, masters
from test_scenarios import lines

from sop_pipeline.contracts.core.facts import ItemOrdersDue
from sop_pipeline.contracts.core.masters import Families
from sop_pipeline.contracts.plan import FamilyDemand
from sop_pipeline.planning.balance.demand import consume_by_item, consume_forecast
from sop_pipeline.planning.scenarios import change_demand, change_item_demand

UNITS = {"a": 1.0, "b": 1.0}
QUANTITIES = st.lists(st.integers(0, 200).map(float), min_size=3, max_size=3)


def consumed_by(items: pl.DataFrame, orders: dict[str, list[float]], scenario_id: str) -> pl.DataFrame:
    due = [
        {"item_id": item, "family_id": "F", "period_start": month(t), "orders_due_quantity": quantity}
        for item, quantities in orders.items()
        for t, quantity in enumerate(quantities)
    ]
    return consume_by_item(
        item_demand=items,
        item_orders_due=table(ItemOrdersDue, due),
        items=masters(UNITS, {})["items"],
        families=table(Families, [{"family_id": "F"}]),
        periods=months(3),
        scenario_id=scenario_id,
    )


@given(a=QUANTITIES, b=QUANTITIES, orders_of_a=QUANTITIES, orders_of_b=QUANTITIES, factor=st.sampled_from([0.0, 0.5, 1.0, 1.2, 3.0]))
def test_a_period_needs_the_same_orders_in_every_scenario_and_the_forecast_they_leave(
    a: list[float], b: list[float], orders_of_a: list[float], orders_of_b: list[float], factor: float
) -> None:
    before = item_steps({"a": a, "b": b})
    base = family_of_items(before, UNITS)
    orders = {"a": orders_of_a, "b": orders_of_b}
    changed = change_demand(base, lines({"measure": "demand", "factor": factor}), "hot")
    items, families = change_item_demand(before, base, changed, **masters(UNITS, {}))
    consumed = consumed_by(items, orders, "hot")
    if factor == 1.0:
        assert_frame_equal(consumed.drop("scenario_id"), consumed_by(before, orders, "base").drop("scenario_id"))
    taken = dict(consumed.select("period_start", "consumed_quantity").iter_rows())
    forecast = families.sort("period_start")["quantity"].to_numpy()[None, :]
    due = (np.array(orders_of_a) + np.array(orders_of_b))[None, :]
    demand = consume_forecast(
        forecast,
        due,
        np.zeros(1),
        is_to_order=np.zeros(1, dtype=bool),
        fence_periods=np.ones(1, dtype=np.int64),
        consumed=np.array([[taken.get(month(t), 0.0) for t in range(3)]]),
    )
    assert demand[0, 0] == due[0, 0]
    # By hand: each item's orders, and of its forecast what neither they nor the next period's excess takes.
    last = sum(max(factor * own[2], given[2]) for own, given in ((a, orders_of_a), (b, orders_of_b)))
    assert demand[0, 2] == pytest.approx(last, abs=1e-4)
    middle = sum(
        given[1] + max(0.0, factor * own[1] - given[1] - max(0.0, given[2] - factor * own[2]))
        for own, given in ((a, orders_of_a), (b, orders_of_b))
    )
    assert demand[0, 1] == pytest.approx(middle, abs=1e-4)


def test_steps_of_a_scenario_add_up() -> None:
    base = table(FamilyDemand, demand_rows("F", [100.0, 80.0, 0.0]))
    changed = change_demand(base, lines({"measure": "demand", "factor": 1.2}), "hot")
    sums = changed.group_by("period_start").agg(pl.col("change_quantity").sum(), last=pl.col("quantity").last()).sort("period_start")
    assert sums["change_quantity"].to_list() == pytest.approx(sums["last"].to_list())
    assert sums["last"].to_list() == pytest.approx([120.0, 96.0, 0.0])
