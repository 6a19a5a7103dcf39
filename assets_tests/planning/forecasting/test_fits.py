"""Kept fits: the same bytes with and without them, and nothing fitted that is known."""

import subprocess
import sys

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.fits import FITS_SCHEMA, fit_digest, fit_or_recall
from sop_pipeline.planning.forecasting.library import DYNAMIC_THETA, fit_library_model


def histories(*seeds, length=36):
    return [100 + np.random.default_rng(seed).normal(0, 10, length) for seed in seeds]


def history_frame(*columns):
    return pl.DataFrame(
        {
            "series_id": np.repeat([f"s{i}" for i in range(len(columns))], len(columns[0])),
            "period_index": np.tile(np.arange(len(columns[0])), len(columns)),
            "quantity": np.concatenate(columns),
        }
    )


def forecast(history, known_fits=None, horizon=4):
    series = history.select("series_id").unique()
    return forecast_items(history, series=series, horizon_periods=horizon, season_length=12, known_fits=known_fits)


def test_recalled_fits_equal_new_ones_to_the_last_byte():
    given = histories(1, 2, 1, 3)
    fresh, fits = fit_or_recall(DYNAMIC_THETA, given, 5)
    assert fresh.tobytes() == fit_library_model(DYNAMIC_THETA, given, 5).tobytes()
    assert fits.height == 3 * 5
    recalled, same = fit_or_recall(DYNAMIC_THETA, given, 5, known_fits=fits.sample(fraction=1, shuffle=True, seed=1))
    assert recalled.tobytes() == fresh.tobytes()
    assert same.equals(fits)


def test_only_what_is_unknown_is_fitted(monkeypatch):
    _, fits = fit_or_recall(DYNAMIC_THETA, histories(1, 2), 5)
    asked = []

    def fit(model, some, horizon, **how):
        asked.extend(some)
        return fit_library_model(model, some, horizon, **how)

    monkeypatch.setattr("sop_pipeline.planning.forecasting.fits.fit_library_model", fit)
    given = histories(2, 7, 1)
    _, after = fit_or_recall(DYNAMIC_THETA, given, 5, known_fits=fits)
    assert [one.tolist() for one in asked] == [given[1].tolist()]
    assert after["digest"].n_unique() == 3


def test_a_fit_for_another_horizon_is_not_used_and_not_kept():
    _, fits = fit_or_recall(DYNAMIC_THETA, histories(1), 5)
    recalled, after = fit_or_recall(DYNAMIC_THETA, histories(1), 3, known_fits=fits)
    assert recalled.shape == (3, 1)
    assert not set(after["digest"]) & set(fits["digest"])


def test_a_damaged_frame_of_fits_is_fitted_again():
    given = histories(1, 2)
    fresh, fits = fit_or_recall(DYNAMIC_THETA, given, 5)
    recalled, _ = fit_or_recall(DYNAMIC_THETA, given, 5, known_fits=fits.slice(1))
    assert recalled.tobytes() == fresh.tobytes()


def test_a_model_that_failed_is_remembered_as_failed():
    given = [np.array([5.0, 6.0])]
    fresh, fits = fit_or_recall(DYNAMIC_THETA, given, 2)
    recalled, _ = fit_or_recall(DYNAMIC_THETA, given, 2, known_fits=fits)
    assert np.isnan(fresh).all()
    assert np.array_equal(fresh, recalled, equal_nan=True)


def test_the_digest_changes_with_every_value_and_the_horizon():
    (history,) = histories(1)
    other = history.copy()
    other[0] = np.nextafter(other[0], 1e9)
    assert (
        len(
            {
                fit_digest(DYNAMIC_THETA, history, 5),
                fit_digest(DYNAMIC_THETA, other, 5),
                fit_digest(DYNAMIC_THETA, history, 6),
                fit_digest(DYNAMIC_THETA, history[1:], 5),
            }
        )
        == 4
    )


@pytest.mark.parametrize("changed", [False, True])
def test_a_night_with_kept_fits_publishes_the_same_as_one_without(changed):
    first = forecast(history_frame(*histories(1, 2, 3)))
    tonight = history_frame(*histories(1, 9 if changed else 2, 3))
    kept, new = forecast(tonight, first.fits), forecast(tonight)
    assert kept.forecasts.equals(new.forecasts)
    assert kept.methods.equals(new.methods)
    assert kept.fits.equals(new.fits)
    assert first.fits.schema == FITS_SCHEMA


def test_a_night_in_which_nothing_changed_does_not_import_the_library(tmp_path):
    history = history_frame(*histories(1, 2))
    forecast(history).fits.write_parquet(tmp_path / "fits.parquet")
    history.write_parquet(tmp_path / "history.parquet")
    code = (
        "import sys, polars as pl\n"
        "from sop_pipeline.planning.forecasting import forecast_items\n"
        f"history, fits = (pl.read_parquet('{tmp_path}/' + name) for name in ('history.parquet', 'fits.parquet'))\n"
        "series = history.select('series_id').unique()\n"
        "forecast_items(history, series=series, horizon_periods=4, season_length=12, known_fits=fits)\n"
        "sys.exit('statsforecast' in sys.modules)\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
