"""The vectorised dynamic Theta against statsforecast's, series by series."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsforecast.models import DynamicOptimizedTheta

from sop_pipeline.planning.forecasting.dynamic_theta import dynamic_theta


def random_history(seed):
    """Noise, a walk, a trend, decline or a step, 4 to 80 periods, around 40."""
    generator = np.random.default_rng(seed)
    length, kind = int(generator.integers(4, 80)), seed % 5
    noise = generator.normal(0, generator.uniform(0.01, 0.5), length)
    time = np.arange(length)
    shape = [0 * time, np.cumsum(noise), 0.03 * time, -0.02 * time, np.where(time > length / 2, 0.5, 0.0)][kind]
    history = np.exp(noise + shape)
    return 40 * history / history.mean()


def by_the_library(history, horizon):
    return DynamicOptimizedTheta(season_length=1).forecast(y=history, h=horizon)["mean"]


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=st.integers(1, 20))
def test_it_forecasts_what_statsforecast_forecasts(seed, horizon):
    histories = [random_history(seed + i) for i in range(5)]
    expected = np.array([by_the_library(history, horizon) for history in histories]).T
    np.testing.assert_allclose(dynamic_theta(histories, horizon), expected, rtol=1e-9)


def test_a_constant_history_and_one_with_a_spike_are_forecast_as_statsforecast_does():
    histories = [np.full(30, 40.0), np.append(np.full(29, 30.0), 3000.0), np.append(np.full(29, 1e-9), 2000.0), np.geomspace(1e-6, 900, 30)]
    expected = np.array([by_the_library(history, 6) for history in histories]).T
    np.testing.assert_allclose(dynamic_theta(histories, 6), expected, rtol=1e-9)


def test_a_series_is_forecast_to_the_last_byte_alike_alone_and_among_others():
    histories = [random_history(seed) for seed in range(600)]
    together = dynamic_theta(histories, 7)
    for column in (0, 1, 257, 599):
        assert dynamic_theta([histories[column]], 7).tobytes() == np.ascontiguousarray(together[:, [column]]).tobytes()


def test_three_observations_are_too_few():
    forecast = dynamic_theta([np.array([30.0, 40.0, 50.0]), np.array([30.0, 40.0, 50.0, 60.0])], 2)
    assert np.isnan(forecast[:, 0]).all()
    assert np.isfinite(forecast[:, 1]).all()


def test_no_history_is_no_forecast():
    assert dynamic_theta([], 3).shape == (3, 0)


@pytest.mark.filterwarnings("ignore:invalid value:RuntimeWarning")
def test_a_history_that_is_no_number_gets_a_forecast_that_is_none():
    broken = np.where(np.arange(20) == 5, np.nan, 30.0)
    forecast = dynamic_theta([broken, np.full(20, 30.0)], 2)
    assert np.isnan(forecast[:, 0]).all()
    assert forecast[:, 1] == pytest.approx(30.0)
