"""Seasonal indices against a naive loop over one series, and their invariances."""

import math
from statistics import fmean, median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.forecasting.seasonality import future_effect, log_demand, past_effect, seasonal_indices


def loop_shrunk(deviations, season):
    """Discounted, shrunk phase means of one series; `deviations` maps position to value, phases are counted from the end."""
    last = max(deviations)
    by_phase = {phase: [] for phase in range(season)}
    for position, value in deviations.items():
        age = (loop_shrunk.end - position) // season
        by_phase[(loop_shrunk.end - position) % season].append((0.8**age, value))
    assert last <= loop_shrunk.end
    index = [sum(w * v for w, v in cells) / sum(w for w, _ in cells) for cells in by_phase.values()]
    centre = fmean(index)
    index = [value - centre for value in index]
    effective = fmean(sum(w for w, _ in cells) ** 2 / sum(w * w for w, _ in cells) for cells in by_phase.values())
    squares = sum(w * (v - index[phase]) ** 2 for phase, cells in by_phase.items() for w, v in cells)
    variance = squares / sum(w for cells in by_phase.values() for w, _ in cells) / max(1 - 1 / max(effective, 1.0001), 0.1)
    strength = sum(value * value for value in index)
    shrinkage = min(1.0, (season - 3) * variance / effective / strength) if strength else 1.0
    return [(1 - shrinkage) * value for value in index]


def loop_indices(logs, season):
    """The two passes of one series in plain Python."""
    n, half = len(logs), season // 2
    loop_shrunk.end = n - 1
    ends = 0.5 if season % 2 == 0 else 1.0
    deviations = {}
    for t in range(half, n - half):
        window = logs[t - half : t + half + 1]
        deviations[t] = logs[t] - (ends * window[0] + sum(window[1:-1]) + ends * window[-1]) / season
    first = loop_shrunk(deviations, season)
    adjusted = [logs[t] - first[(n - 1 - t) % season] for t in range(n)]
    level = median(adjusted[-3:])
    beyond = [2 * level - adjusted[n - 1 - k] for k in range(1, half + 1)]
    extended = adjusted + beyond
    residuals = {}
    for t in range(n):
        cells = [(half + 1 - abs(lag), extended[t + lag]) for lag in range(-half, half + 1) if t + lag >= 0]
        residuals[t] = logs[t] - sum(w * v for w, v in cells) / sum(w for w, _ in cells)
    return loop_shrunk(residuals, season)


def seasonal_series(length, season, seed):
    generator = np.random.default_rng(seed)
    wave = 0.4 * np.sin(2 * np.pi * np.arange(length) / season)
    return wave + 0.01 * np.arange(length) + generator.normal(0, 0.1, length) + 5


def side_by_side(histories):
    longest = max(len(history) for history in histories)
    return np.array([np.concatenate([np.full(longest - len(h), np.nan), h]) for h in histories]).T


@pytest.mark.parametrize("season", [12, 13, 4])
@pytest.mark.parametrize("seasons", [2, 3, 5.5])
def test_the_indices_of_many_series_equal_a_loop_over_each(season, seasons):
    histories = [seasonal_series(int(season * seasons) + extra, season, extra) for extra in range(4)]
    indices = seasonal_indices(side_by_side(histories), season)
    for column, history in zip(indices.T, histories, strict=True):
        assert column == pytest.approx(loop_indices(list(history), season), abs=1e-12)


@given(st.integers(24, 60), st.floats(-20, 20), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_change_of_unit_leaves_the_indices_as_they_are(length, shift, seed):
    history = seasonal_series(length, 12, seed)[:, None]
    assert seasonal_indices(history + shift, 12) == pytest.approx(seasonal_indices(history, 12), abs=1e-9)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5), st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_neighbours_do_not_change_a_series(lengths, seed):
    histories = [seasonal_series(length, 12, seed + i) for i, length in enumerate([*lengths, 50, 48])]
    together = seasonal_indices(side_by_side(histories), 12)[:, -1]
    pair = seasonal_indices(side_by_side(histories[-2:]), 12)[:, -1]
    assert together.tolist() == pair.tolist()


def test_a_series_below_two_seasons_has_no_season():
    assert not seasonal_indices(side_by_side([seasonal_series(23, 12, 1)]), 12).any()


def test_noise_without_a_season_is_shrunk_away():
    generator = np.random.default_rng(7)
    noise = generator.normal(0, 0.2, (60, 200))
    indices = seasonal_indices(noise, 12)
    assert np.abs(indices).mean() < 0.02
    strong = seasonal_indices(noise + np.sin(2 * np.pi * np.arange(60) / 12)[:, None], 12)
    assert np.abs(strong).mean() > 0.5


def test_the_horizon_continues_the_season_of_the_history():
    indices = np.arange(12.0)[:, None]
    both = np.concatenate([past_effect(indices, 30), future_effect(indices, 30)])
    assert both[:-12].tolist() == both[12:].tolist()
    assert past_effect(indices, 30)[-1, 0] == 0


def test_a_period_without_demand_counts_as_half_of_the_smallest_but_not_less_than_a_hundredth_of_the_usual():
    values = np.array([[np.nan, 0.0], [0.0, 100.0], [4.0, 100.0], [8.0, 1e-6]])
    logs = log_demand(values)
    assert np.isnan(logs[0, 0])
    assert logs[1, 0] == pytest.approx(math.log(2.0))
    assert logs[[0, 3], 1] == pytest.approx([math.log(1.0)] * 2)
