"""The vectorised smoothers against plain loops, and Theta against statsforecast's on the same series."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsforecast.models import Theta

from sop_pipeline.planning.forecasting.express import DAMPED_GRID, THETA_ALPHAS, damped_trend, smoothed_level, theta

HORIZON = 6
histories = st.lists(st.floats(-5, 15), min_size=1, max_size=40)


def loop_grid(series, grid):
    """Squared errors, last level and last trend of one series for every (alpha, beta, phi)."""
    found = []
    for alpha, beta, phi in grid:
        level, trend, squares = sum(series[:6]) / len(series[:6]), 0.0, 0.0
        for value in series:
            error = value - (level + phi * trend)
            squares += error * error
            level, trend = level + phi * trend + alpha * error, phi * trend + alpha * beta * error
        found.append((squares, level, trend))
    n = len(series)
    cost = [0.5 * n * math.log(max(squares / n, 1e-12)) for squares, _, _ in found]
    weights = [math.exp(min(cost) - one) for one in cost]
    return [weight / sum(weights) for weight in weights], found


def loop_theta(series):
    grid = [(alpha, 0.0, 1.0) for alpha in THETA_ALPHAS]
    weights, found = loop_grid(series, grid)
    level = sum(weight * one[1] for weight, one in zip(weights, found, strict=True))
    best = THETA_ALPHAS[min(range(len(found)), key=lambda i: found[i][0])]
    slope = np.polyfit(range(len(series)), series, 1)[0] if len(series) >= 6 else 0.0
    return [level + 0.5 * slope * (step + (1 - (1 - best) ** len(series)) / best) for step in range(HORIZON)]


def loop_damped(series):
    weights, found = loop_grid(series, DAMPED_GRID)
    forecast = []
    for step in range(1, HORIZON + 1):
        reach = [sum(phi**k for k in range(1, step + 1)) for _, _, phi in DAMPED_GRID]
        forecast.append(sum(w * (one[1] + far * one[2]) for w, one, far in zip(weights, found, reach, strict=True)))
    return forecast


def column(*series):
    longest = max(map(len, series))
    return np.array([[math.nan] * (longest - len(one)) + one for one in series]).T


@given(histories, histories)
@settings(max_examples=60, deadline=None)
def test_theta_and_damped_trend_equal_a_loop_over_each_series(one, other):
    for model, loop in ((theta, loop_theta), (damped_trend, loop_damped)):
        forecast = model(column(one, other), HORIZON)
        assert forecast[:, 0] == pytest.approx(loop(one), rel=1e-6, abs=1e-6)
        assert forecast[:, 1] == pytest.approx(loop(other), rel=1e-6, abs=1e-6)


@given(histories, st.lists(histories, max_size=4))
@settings(max_examples=40, deadline=None)
def test_a_forecast_is_the_same_to_the_last_byte_whatever_the_neighbours(one, others):
    for model in (theta, damped_trend, smoothed_level):
        alone = model(column(one), HORIZON)[:, 0]
        assert model(column(*others, one), HORIZON)[:, -1].tolist() == alone.tolist()


def test_theta_agrees_with_statsforecast_on_the_same_series():
    generator = np.random.default_rng(3)
    steps = generator.normal(0.01, 0.1, (60, 60)).cumsum(axis=0)
    adjusted = 6 + steps + generator.normal(0, 0.1, (60, 60))
    ours = theta(adjusted, 12)
    theirs = np.array([Theta(season_length=1).forecast(y=series, h=12)["mean"] for series in adjusted.T]).T
    moved = np.abs(adjusted[-1] - adjusted[-13]).mean()
    assert np.abs(ours - theirs).mean() < 0.1 * moved
    assert np.median(np.abs(ours - theirs)) < 0.03


def test_a_constant_series_is_forecast_as_it_is():
    for model in (theta, damped_trend, smoothed_level):
        assert model(np.full((30, 1), 4.0), HORIZON) == pytest.approx(np.full((HORIZON, 1), 4.0))


def test_a_steady_climb_goes_on_in_part():
    climb = np.arange(40.0)[:, None]
    assert theta(climb, 4)[:, 0] == pytest.approx([40 + 0.5 * step for step in range(4)], abs=1.0)
    damped = damped_trend(climb, 4)[:, 0]
    assert (np.diff(damped) > 0).all()
    assert damped[-1] < 43.5
