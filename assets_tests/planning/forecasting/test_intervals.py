"""Bounds: their quantiles by hand, their coverage on series whose errors are known."""

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.intervals import ErrorPool, intermittent_bounds, root_mean_square, smooth_bounds

FORECAST = np.array([[100.0, 10.0]] * 4)


def test_the_half_width_is_the_quantile_of_the_errors_of_neighbouring_horizons():
    generator = np.random.default_rng(2)
    errors = generator.normal(0, 1, (4, 50)) * np.array([[1.0], [2.0], [3.0], [4.0]])
    (bounds,) = smooth_bounds(FORECAST, np.array([0.1, 0.2]), ErrorPool(errors, 0.1), [80]).values()
    pool = sorted(abs(errors[:3]).ravel())
    rank = 0.5 + 0.3 * (len(pool) + 1) / len(pool)
    position = rank * (len(pool) - 1)
    low = int(position)
    quantile = pool[low] + (position - low) * (pool[low + 1] - pool[low])
    spread = np.array([0.1, 0.2**0.75 * 0.1**0.25])
    assert bounds[1][0] == pytest.approx(FORECAST[0] * np.exp(quantile * spread))
    assert bounds[0][0] == pytest.approx(FORECAST[0] * np.exp(-quantile * spread))


def test_bounds_stay_within_four_and_a_half_times_the_forecast():
    (bounds,) = smooth_bounds(FORECAST, np.array([9.0, 9.0]), ErrorPool(np.ones((4, 100)), 9.0), [80]).values()
    assert bounds[1] == pytest.approx(FORECAST * np.exp(1.5))


def test_without_past_errors_the_bounds_are_those_of_normal_errors():
    # Differences of two independent normal errors of deviation 0.05 have mean 2 / sqrt(pi) * 0.05.
    scale = np.array([2 / np.sqrt(np.pi) * 0.05])
    bounds = smooth_bounds(FORECAST[:, :1], scale, ErrorPool(np.empty((4, 0)), float(scale[0])), [80, 95])
    assert bounds[80][1][0, 0] == pytest.approx(100 * np.exp(1.2815516 * 0.05))
    assert bounds[95][0][0, 0] == pytest.approx(100 * np.exp(-1.9599640 * 0.05))


def test_horizons_beyond_the_past_errors_keep_the_last_width():
    errors = np.full((4, 60), np.nan)
    errors[:1] = np.linspace(-1, 1, 60)
    (bounds,) = smooth_bounds(FORECAST, np.array([0.1, 0.1]), ErrorPool(errors, 0.1), [80]).values()
    assert (bounds[1] == bounds[1][0]).all()


def test_intermittent_bounds_lean_to_where_the_errors_were():
    errors = np.concatenate([np.full((4, 80), -0.5), np.full((4, 20), 4.0)], axis=1)
    bounds = intermittent_bounds(FORECAST, np.array([10.0, 10.0]), errors, [80])[80]
    assert bounds[0][0].tolist() == [95.0, 5.0]
    assert bounds[1][0].tolist() == [140.0, 50.0]


def test_the_root_mean_square_of_large_quantities_does_not_overflow():
    assert root_mean_square(np.array([[3e200, np.nan], [4e200, 2.0]])) == pytest.approx([np.sqrt(12.5) * 1e200, 2.0])


@pytest.mark.parametrize("intermittent", [False, True])
def test_eighty_percent_bounds_hold_about_eighty_percent_of_what_comes(intermittent):
    generator = np.random.default_rng(11)
    series_count, length, horizon = 150, 60, 6
    time = np.arange(length + horizon)[:, None]
    level = np.exp(generator.normal(4, 1, series_count))
    values = level * np.exp(0.3 * np.sin(time / 12 * 2 * np.pi) + generator.normal(0, 0.2, (length + horizon, series_count)))
    if intermittent:
        values *= generator.random(values.shape) < 0.4
    names = [f"{i:03d}" for i in range(series_count)]
    history = pl.DataFrame(
        {
            "series_id": np.repeat(names, length),
            "period_index": np.tile(np.arange(length), series_count),
            "quantity": values[:length].T.ravel(),
        }
    )
    result = forecast_items(
        history, series=pl.DataFrame({"series_id": names}), horizon_periods=horizon, season_length=12, engine="express", levels=(50, 80)
    )
    actual = values[length:].T.ravel()
    for level_percent, lowest, highest in ((50, 0.40, 0.65), (80, 0.75, 0.90)):
        inside = (actual >= result.forecasts[f"lower_{level_percent}"].to_numpy() - 1e-6) & (
            actual <= result.forecasts[f"upper_{level_percent}"].to_numpy() + 1e-6
        )
        if intermittent and level_percent == 50:
            continue
        assert lowest <= inside.mean() <= highest
