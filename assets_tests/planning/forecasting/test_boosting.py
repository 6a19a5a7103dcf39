"""The pooled boosting model of the max engine; skipped where its extra is not installed, but for the message that says so."""

import importlib.util

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.boosting import pooled_boosting

INSTALLED = importlib.util.find_spec("lightgbm") is not None


def walks(lengths, seed=0):
    generator = np.random.default_rng(seed)
    logs = generator.normal(0, 0.2, (max(lengths), len(lengths))).cumsum(axis=0) + 5
    for column, length in enumerate(lengths):
        logs[: max(lengths) - length, column] = np.nan
    return logs


@pytest.mark.skipif(INSTALLED, reason="the message is for those without the extra")
def test_without_the_extra_the_engine_says_what_to_install():
    with pytest.raises(ModuleNotFoundError, match=r"install sop-pipeline\[max\]"):
        pooled_boosting(walks([30]), 3, 12)


@pytest.mark.skipif(not INSTALLED, reason="needs the extra")
def test_series_of_two_seasons_get_a_forecast_near_their_level_and_the_others_none():
    logs = walks([60, 48, 24, 23] * 10)
    forecast = pooled_boosting(logs, 6, 12)
    assert np.isnan(forecast[:, 3::4]).all()
    learned = np.delete(forecast, slice(3, None, 4), axis=1)
    assert np.isfinite(learned).all()
    assert np.abs(learned - np.delete(logs[-1], slice(3, None, 4))).max() < 2
    assert forecast.tobytes() == pooled_boosting(logs, 6, 12).tobytes()


@pytest.mark.skipif(not INSTALLED, reason="needs the extra")
def test_the_max_engine_averages_two_more_members():
    values = np.exp(walks([40] * 6)).T
    history = pl.DataFrame(
        {"series_id": np.repeat(list("abcdef"), 40), "period_index": np.tile(np.arange(40), 6), "quantity": values.ravel()}
    )
    result = forecast_items(history, series=pl.DataFrame({"series_id": list("abcdef")}), horizon_periods=3, season_length=12, engine="max")
    assert set(result.methods["rung"]) == {"all_members"}
    assert result.methods["reason"].str.contains("damped_ets, pooled_boosting").all()
