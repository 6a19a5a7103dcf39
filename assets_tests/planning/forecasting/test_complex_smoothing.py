"""The vectorised complex smoothing against statsforecast's, series by series."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from statsforecast.models import AutoCES

from sop_pipeline.planning.forecasting.complex_smoothing import complex_smoothing
from sop_pipeline.planning.forecasting.library import COMPLEX_SMOOTHING, _model, fit_one_by_one


def random_history(seed):
    """Noise, a walk, a trend, decline or a step, 5 to 80 periods, around 40."""
    generator = np.random.default_rng(seed)
    length, kind = int(generator.integers(5, 80)), seed % 5
    noise = generator.normal(0, generator.uniform(0.01, 0.5), length)
    time = np.arange(length)
    shape = [0 * time, np.cumsum(noise), 0.03 * time, -0.02 * time, np.where(time > length / 2, 0.5, 0.0)][kind]
    history = np.exp(noise + shape)
    return 40 * history / history.mean()


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6), horizon=st.integers(1, 20))
def test_it_forecasts_what_the_library_forecasts_within_the_same_bounds(seed, horizon):
    histories = [random_history(seed + i) for i in range(5)]
    by_the_library = fit_one_by_one(_model(COMPLEX_SMOOTHING), histories, horizon)
    np.testing.assert_allclose(complex_smoothing(histories, horizon), by_the_library, rtol=1e-9)


def test_it_forecasts_what_the_library_forecasts_without_bounds_where_these_do_not_matter():
    histories = [40 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0.01, 0.1, 60))) for seed in range(20)]
    expected = fit_one_by_one(AutoCES(season_length=1, model="N"), histories, 6)
    agrees = np.isclose(complex_smoothing(histories, 6), expected, rtol=1e-9).all(axis=0)
    assert agrees.sum() >= 18


def test_noise_around_a_level_is_forecast_by_that_level():
    histories = [40 * np.exp(np.random.default_rng(seed).normal(0, 0.1, 60)) for seed in range(30)]
    forecast = complex_smoothing(histories, 12)
    assert np.abs(forecast - [history.mean() for history in histories]).max() < 8
    assert np.abs(forecast - 40).mean() < 2.5


def test_a_constant_history_stays_constant_and_a_spike_is_forecast_as_the_library_does():
    histories = [np.full(30, 40.0), np.append(np.full(29, 30.0), 3000.0), np.geomspace(1e-6, 900, 30)]
    forecast = complex_smoothing(histories, 4)
    assert (forecast[:, 0] == 40.0).all()
    np.testing.assert_allclose(forecast, fit_one_by_one(_model(COMPLEX_SMOOTHING), histories, 4), rtol=1e-9)


def test_a_series_is_forecast_to_the_last_byte_alike_alone_and_among_others():
    histories = [random_history(seed) for seed in range(600)]
    together = complex_smoothing(histories, 7)
    for column in (0, 1, 257, 599):
        assert complex_smoothing([histories[column]], 7).tobytes() == np.ascontiguousarray(together[:, [column]]).tobytes()


def test_four_observations_are_too_few():
    forecast = complex_smoothing([np.array([30.0, 40.0, 50.0, 45.0]), np.array([30.0, 40.0, 50.0, 60.0, 45.0])], 2)
    assert np.isnan(forecast[:, 0]).all()
    assert np.isfinite(forecast[:, 1]).all()
