"""The two bricks of the balance against naive loops: walking forward over demand, and one rate inside limits."""

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.balance.cover import ForwardWalk, extend_by_season
from sop_pipeline.planning.balance.demand import consume_forecast
from sop_pipeline.planning.balance.rates import spread_evenly
from sop_pipeline.planning.balance.targets import safety_stock

quantities = st.lists(st.sampled_from([0.0, 1.0, 7.5, 100.0, 33.25]), min_size=4, max_size=9)


def walk_day_by_day(stock: float, quantity: list[float], days: list[float], season: int, period: int) -> float | None:
    """Count days after the close of `period` until the stock is gone, period by period, the last season again and again."""
    counted, position = 0.0, period + 1
    for _ in range(10000):
        if stock <= 1e-12:
            return counted
        if position == len(quantity):
            position = len(quantity) - season
            if sum(quantity[-season:]) == 0:
                return None
        if quantity[position] >= stock:
            return counted + days[position] * stock / quantity[position]
        stock -= quantity[position]
        counted += days[position]
        position += 1
    raise AssertionError("the stock never ends")


@settings(max_examples=100, deadline=None)
@given(
    quantity=quantities,
    stock=st.floats(0, 900).map(lambda value: round(value, 3)),
    season=st.integers(1, 3),
    period=st.integers(0, 2),
    data=st.data(),
)
def test_days_covered_are_those_of_a_walk(quantity, stock, season, period, data):
    days = data.draw(st.lists(st.sampled_from([15.0, 20.0, 22.0]), min_size=len(quantity), max_size=len(quantity)))
    walk = ForwardWalk(np.array(quantity), np.array(days), season)
    found = walk.days_covered(np.full(period + 1, stock))[period]
    expected = walk_day_by_day(stock, quantity, days, season, period)
    if expected is None:
        assert math.isnan(found)
    elif expected == pytest.approx(found, rel=1e-6, abs=1e-6):
        pass
    else:
        # On the very edge of a stretch without demand float noise decides which end of the stretch it is.
        near = [walk_day_by_day(stock * factor, quantity, days, season, period) for factor in (1 - 1e-9, 1 + 1e-9)]
        assert min(near) - 1e-6 <= found <= max(near) + 1e-6


@settings(max_examples=100, deadline=None)
@given(days_wanted=st.floats(0, 500), season=st.integers(1, 3), data=st.data())
def test_the_stock_for_so_many_days_covers_so_many_days(days_wanted, season, data):
    quantity = data.draw(st.lists(st.sampled_from([1.0, 7.5, 100.0]), min_size=4, max_size=9))
    days = data.draw(st.lists(st.sampled_from([15.0, 20.0, 22.0]), min_size=len(quantity), max_size=len(quantity)))
    walk = ForwardWalk(np.array(quantity), np.array(days), season)
    stock = walk.quantity_for(np.full(3, days_wanted))
    assert walk.days_covered(stock) == pytest.approx([days_wanted] * 3, rel=1e-6, abs=1e-6)


def test_the_walk_never_looks_at_the_past_or_the_period_itself():
    walk = ForwardWalk(np.array([1e9, 50.0, 100.0]), np.array([20.0, 10.0, 20.0]), 1)
    assert walk.days_covered(np.array([100.0])).tolist() == [20.0]
    assert walk.quantity_for(np.array([20.0])).tolist() == [100.0]


def test_a_stock_that_nothing_uses_has_no_days_of_supply_and_no_stock_has_none():
    walk = ForwardWalk(np.zeros(4), np.full(4, 20.0), 2)
    assert np.isnan(walk.days_covered(np.array([5.0]))[0])
    assert walk.days_covered(np.array([0.0])).tolist() == [0.0]


def test_a_walk_without_a_day_number_for_each_quantity_is_refused():
    with pytest.raises(ValueError, match="working-day number for each of 3 quantities"):
        ForwardWalk(np.ones(3), np.ones(2), 1)


def test_unknown_periods_repeat_the_season_before_and_without_one_the_mean_daily_rate():
    planned = np.array([[10.0, 20.0, np.nan], [40.0, np.nan, np.nan], [np.nan, np.nan, np.nan]])
    history = np.array([[1.0, 2.0], [np.nan, 7.0], [np.nan, np.nan]])
    days = np.full((3, 5), 20.0)
    days[1, 2] = 10.0
    extended = extend_by_season(planned, history, days, 2)
    assert extended.tolist() == [[10, 20, 10, 20, 10], [40, 7, 40, 7, 40], [0, 0, 0, 0, 0]]
    without_history = extend_by_season(np.array([[40.0, np.nan, np.nan]]), np.full((1, 2), np.nan), days[1:2], 2)
    assert without_history.tolist() == [[40, 40, 40, 40, 40]]


@settings(max_examples=100, deadline=None)
@given(required=st.floats(-100, 5000), data=st.data())
def test_one_rate_inside_limits_adds_up_or_stops_at_them(required, data):
    count = data.draw(st.integers(1, 6))
    weight = np.array([data.draw(st.lists(st.sampled_from([0.0, 10.0, 20.0, 22.5]), min_size=count, max_size=count))])
    lower = np.array([data.draw(st.lists(st.sampled_from([0.0, 0.0, 50.0, 300.0]), min_size=count, max_size=count))])
    upper = lower + np.array([data.draw(st.lists(st.sampled_from([0.0, 100.0, np.inf]), min_size=count, max_size=count))])
    found = spread_evenly(required, weight, lower, upper)
    assert (found >= lower).all()
    assert (found <= upper).all()
    low, high = 0.0, 1e6
    for _ in range(200):
        rate = (low + high) / 2
        if np.clip(rate * weight, lower, upper).sum() < required:
            low = rate
        else:
            high = rate
    assert found == pytest.approx(np.clip(high * weight, lower, upper), rel=1e-6, abs=1e-5)


def consumed(forecast: list[float], orders: list[float], to_date: float = 0.0, *, to_order: bool = False, fence: int = 0) -> list[float]:
    return consume_forecast(
        np.array([forecast], dtype=float),
        np.array([orders], dtype=float),
        np.array([to_date]),
        is_to_order=np.array([to_order]),
        fence_periods=np.array([fence]),
    )[0].tolist()


def test_orders_consume_the_forecast_of_their_period_then_of_the_one_before():
    assert consumed([100, 100, 100, 100], [0, 30, 140, 0]) == [100, 60, 140, 100]
    assert consumed([100, 100, 100, 100], [0, 30, 0, 500]) == [100, 100, 0, 500]


def test_what_is_left_of_the_current_period_is_the_larger_of_forecast_and_orders_and_never_negative():
    assert consumed([100, 100], [30, 0], to_date=40.0)[0] == 60
    assert consumed([100, 100], [75, 0], to_date=40.0)[0] == 75
    assert consumed([100, 100], [0, 0], to_date=140.0)[0] == 0
    assert consumed([100, 100, 100], [0, 180, 0])[0] == 100


def test_bookings_to_come_are_not_consumed_by_orders_already_booked():
    assert consumed([100, 100], [80, 300], to_date=40.0, to_order=True) == [60, 100]


def test_inside_the_demand_time_fence_only_orders_count():
    assert consumed([100, 100, 100], [30, 20, 10], to_date=5.0, fence=2) == [30, 20, 100]
    assert consumed([100, 100, 100], [30, 20, 10], to_order=True, fence=1) == [0, 100, 100]


@pytest.mark.parametrize(("z", "published"), [(1.65, 198.0), (4.13, 495.6)])
def test_safety_stock_of_nine_periods_is_three_times_that_of_one(z: float, published: float):
    level = np.array([NormalDist().cdf(z)])
    found = safety_stock(level, error_deviation_quantity=40, demand_per_period=100, lead_time_periods=9)
    assert found[0] == pytest.approx(published, abs=1e-6)


def test_safety_stock_joins_forecast_error_and_lead_time_spread():
    level = np.array([0.975, np.nan])
    found = safety_stock(level, error_deviation_quantity=30, demand_per_period=100, lead_time_periods=4, lead_time_deviation_periods=0.5)
    assert found[0] == pytest.approx(1.959964 * math.sqrt(4 * 30**2 + 100**2 * 0.5**2), rel=1e-6)
    assert math.isnan(found[1])


@pytest.mark.parametrize(("z", "published_quantity"), [(1.65, 198.0), (4.13, 495.6)])
def test_safety_stock_is_that_of_the_published_example(z, published_quantity):
    """mfgcalcs.com: deviation 40, lead time 9."""
    level = np.array([NormalDist().cdf(z)])
    found = safety_stock(level, error_deviation_quantity=40, demand_per_period=0, lead_time_periods=9)
    assert found == pytest.approx(published_quantity)
