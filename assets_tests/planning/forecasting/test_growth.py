"""The lines a forecast is held between, on demand whose continuation is known."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.adjust import Adjusted, adjust_by
from sop_pipeline.planning.forecasting.growth import TOLERANCE_FACTOR, hold_growth

SEASON = 12
AHEAD = 24


def plain(demand) -> Adjusted:
    """One series, adjusted by no season."""
    return adjust_by(np.array(demand, dtype=np.float64)[:, None], np.zeros((SEASON, 1)), AHEAD)


def bounds(demand):
    """The upper and the lower line, read off by forecasts beyond any."""
    adjusted = plain(demand)
    upper, lower = hold_growth(np.full((AHEAD, 1), 1e12), adjusted), hold_growth(np.zeros((AHEAD, 1)), adjusted)
    assert upper.from_above.all()
    return upper.forecast[:, 0], lower.forecast[:, 0]


def test_a_straight_line_goes_on_for_as_long_as_is_asked():
    upper, _ = bounds(100 + 5.0 * np.arange(48))
    assert upper == pytest.approx(TOLERANCE_FACTOR * (100 + 5.0 * np.arange(48, 48 + AHEAD)))


def test_a_decline_of_constant_percentage_goes_on():
    _, lower = bounds(1000 * 0.97 ** np.arange(48))
    ratio = lower / (1000 * 0.97 ** np.arange(48, 48 + AHEAD))
    assert ratio == pytest.approx(np.full(AHEAD, 1 / TOLERANCE_FACTOR), rel=0.01)


@pytest.mark.parametrize("since", range(1, 36))
@pytest.mark.parametrize("factor", [0.4, 3.0])
def test_a_single_step_is_no_trend_whenever_it_came(since, factor):
    upper, lower = bounds([100.0] * (36 - since) + [100.0 * factor] * since)
    assert upper == pytest.approx(np.full(AHEAD, upper[0]))
    assert lower == pytest.approx(np.full(AHEAD, lower[0]))
    assert upper[0] <= TOLERANCE_FACTOR * max(100, 100 * factor) * 1.000001


def test_growth_that_trebles_each_year_goes_on_in_units_of_the_least_recent_gain():
    year = [100.0] * 12 + [300.0] * 12 + [900.0] * 12
    upper, _ = bounds(year)
    # Gain of the earlier season 200; the mean of the last one stands for its middle, 6.5 periods before the first forecast.
    assert upper == pytest.approx(TOLERANCE_FACTOR * (900 + 200 * (np.arange(1, AHEAD + 1) + 5.5) / SEASON))


def test_a_history_below_two_seasons_is_left_alone():
    forecast = np.full((AHEAD, 1), 1e9)
    assert (hold_growth(forecast, plain([5.0] * 23)).forecast == forecast).all()


@given(st.lists(st.floats(1.0, 1000.0), min_size=24, max_size=60), st.floats(0.0, 5000.0))
def test_what_is_held_once_stays_and_only_what_is_held_changes(demand, level):
    adjusted = plain(demand)
    forecast = np.full((AHEAD, 1), level)
    once = hold_growth(forecast, adjusted)
    twice = hold_growth(once.forecast, adjusted)
    assert (twice.forecast == once.forecast).all()
    assert bool((once.forecast != forecast).any()) == bool(once.from_above[0] or once.from_below[0])


@pytest.mark.parametrize("engine", ["express", "standard"])
@pytest.mark.parametrize("slope", [1.0, 2.0, 5.0])
def test_an_ordinary_trend_with_a_season_keeps_growing(engine, slope):
    time = np.arange(60 + AHEAD)
    demand = (100 + slope * time) * (1 + 0.3 * np.sin(2 * np.pi * time / SEASON))
    history = pl.DataFrame({"series_id": ["a"] * 60, "period_index": time[:60], "quantity": demand[:60]})
    found = forecast_items(
        history, series=pl.DataFrame({"series_id": ["a"]}), horizon_periods=AHEAD, season_length=SEASON, engine=engine, levels=()
    )
    quantity = found.forecasts["forecast_quantity"].to_numpy()
    assert quantity == pytest.approx(demand[60:], rel=0.08)
    assert quantity[12:].sum() > quantity[:12].sum() > demand[48:60].sum()


@pytest.mark.parametrize("engine", ["express", "standard"])
def test_three_seasons_that_treble_at_their_start_are_not_trebled_again(engine):
    # Flat within each year, so that season and growth explain it as well as two steps: the last gain is not carried on, the least one is.
    noise = np.exp(np.random.default_rng(7).normal(0, 0.1, 36))
    demand = np.repeat([150.0, 450.0, 1350.0], 12) * noise
    history = pl.DataFrame({"series_id": ["a"] * 36, "period_index": np.arange(36), "quantity": demand})
    found = forecast_items(
        history, series=pl.DataFrame({"series_id": ["a"]}), horizon_periods=AHEAD, season_length=SEASON, engine=engine, levels=()
    )
    quantity = found.forecasts["forecast_quantity"].to_numpy()
    assert quantity[12:].sum() < 2 * demand[24:].sum()
    assert "growth held" in found.methods["reason"][0]
