"""What orders in hand consume of the forecast, item by item, against a walk over single cells."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_frames import assert_contract, month, months, table
from polars.testing import assert_frame_equal

from sop_pipeline.contracts.core.facts import ItemOrdersDue
from sop_pipeline.contracts.core.masters import Families, Items
from sop_pipeline.contracts.plan import ForecastConsumption, ItemDemand
from sop_pipeline.planning.balance.demand import consume_by_item

FAMILIES = [{"family_id": "F"}, {"family_id": "ORDER", "production_strategy": "make_to_order"}]
ITEMS = [
    {"item_id": "a", "family_id": "F"},
    {"item_id": "b", "family_id": "F", "planning_units_per_unit": 10.0},
    {"item_id": "o", "family_id": "ORDER"},
]


def consume(forecasts: dict[str, list[float]], orders: list[tuple[str, int, float, float]]) -> pl.DataFrame:
    demand = [
        {"scenario_id": "base", "item_id": item, "family_id": "F", "period_start": month(t), "step": "executive", "quantity": quantity}
        for item, quantities in forecasts.items()
        for t, quantity in enumerate(quantities)
    ]
    family_of = {item["item_id"]: item["family_id"] for item in ITEMS}
    due = [
        {"item_id": item, "family_id": family_of[item], "period_start": month(t), "orders_due_quantity": due, "abnormal_quantity": abnormal}
        for item, t, due, abnormal in orders
    ]
    return consume_by_item(
        item_demand=table(ItemDemand, demand),
        item_orders_due=table(ItemOrdersDue, due),
        items=table(Items, ITEMS),
        families=table(Families, FAMILIES),
        periods=months(4, history=1),
    )


def by_period(frame: pl.DataFrame, column: str = "consumed_quantity") -> dict[int, float]:
    offsets = {month(t): t for t in range(4)}
    return {offsets[start]: value for start, value in frame.select("period_start", column).iter_rows()}


def test_an_items_orders_never_consume_the_forecast_of_another_item():
    found = consume({"a": [50.0] * 4, "b": [5.0] * 4}, [("a", 2, 80.0, 0.0)])
    assert by_period(found) == {1: 30.0, 2: 50.0}
    assert by_period(found, "orders_due_quantity") == {1: 0.0, 2: 80.0}


def test_an_abnormal_order_consumes_nothing_and_orders_count_in_planning_units():
    found = consume({"a": [50.0] * 4, "b": [5.0] * 4}, [("a", 2, 80.0, 80.0), ("b", 2, 3.0, 0.0)])
    assert by_period(found) == {2: 30.0}
    assert by_period(found, "orders_due_quantity") == {2: 110.0}
    assert by_period(found, "abnormal_quantity") == {2: 80.0}


def test_one_period_back_none_forward_and_never_from_the_current_period():
    assert by_period(consume({"a": [50.0] * 4}, [("a", 3, 170.0, 0.0)])) == {2: 50.0, 3: 50.0}
    assert by_period(consume({"a": [50.0] * 4}, [("a", 1, 170.0, 0.0)])) == {1: 50.0}
    assert by_period(consume({"a": [50.0] * 4}, [("a", 1, 30.0, 0.0), ("a", 2, 75.0, 0.0)])) == {1: 50.0, 2: 50.0}


def test_make_to_order_families_have_no_row_and_an_item_without_forecast_consumes_nothing():
    found = consume({"a": [50.0] * 4}, [("o", 1, 10.0, 0.0), ("b", 1, 4.0, 0.0)])
    assert found.select("family_id", "orders_due_quantity", "consumed_quantity").rows() == [("F", 40.0, 0.0)]


amounts = st.integers(0, 200).map(float)


@settings(max_examples=40, deadline=None)
@given(forecast=st.lists(amounts, min_size=4, max_size=4), orders=st.lists(amounts, min_size=4, max_size=4))
def test_it_is_what_a_walk_over_the_periods_finds(forecast, orders):
    given_orders = [("b", t, quantity, 0.0) for t, quantity in enumerate(orders) if quantity]
    found = consume({"b": forecast, "a": [1.0] * 4}, given_orders)
    assert_contract(ForecastConsumption, found)
    expected = {}
    for t in range(4):
        left = max(0.0, forecast[t] - orders[t])
        reaches_back = max(0.0, orders[t + 1] - forecast[t + 1]) if 0 < t < 3 else 0.0
        expected[t] = 10 * (min(forecast[t], orders[t]) + min(left, reaches_back))
    got = by_period(found)
    assert {t: got.get(t, 0.0) for t in range(4)} == pytest.approx(expected)
    again = consume({"a": [1.0] * 4, "b": forecast}, given_orders[::-1])
    assert_frame_equal(again, found, check_exact=True)
