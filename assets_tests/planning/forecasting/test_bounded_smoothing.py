"""Complex smoothing with a bounded search: where the bounds do not matter, and what they are there for."""

import numpy as np
from statsforecast.models import AutoCES

from sop_pipeline.planning.forecasting.library import COMPLEX_SMOOTHING, fit_library_model, fit_one_by_one


def complex_smoothing(histories, horizon):
    return fit_library_model(COMPLEX_SMOOTHING, histories, horizon)


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


def test_a_constant_history_stays_constant_and_a_spike_is_no_reason_to_fail():
    histories = [np.full(30, 40.0), np.append(np.full(29, 30.0), 3000.0), np.geomspace(1e-6, 900, 30)]
    forecast = complex_smoothing(histories, 4)
    assert (forecast[:, 0] == 40.0).all()
    assert np.isfinite(forecast).all()


def test_a_series_is_forecast_to_the_last_byte_alike_alone_and_among_others():
    generator = np.random.default_rng(7)
    histories = [40 * np.exp(generator.normal(0, 0.2, 5 + number)) for number in range(40)]
    together = complex_smoothing(histories, 7)
    for column in (0, 1, 39):
        assert complex_smoothing([histories[column]], 7).tobytes() == np.ascontiguousarray(together[:, [column]]).tobytes()
