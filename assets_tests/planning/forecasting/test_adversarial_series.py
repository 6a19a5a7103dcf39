"""Histories that break forecasting libraries, each through the whole engine."""

import importlib.util

import numpy as np
import polars as pl
import pytest
from awkward_series import LENGTHS, SHAPES

from sop_pipeline.planning.forecasting import forecast_items

HORIZON = 7
ENGINES = [
    "express",
    "standard",
    pytest.param("max", marks=pytest.mark.skipif(importlib.util.find_spec("lightgbm") is None, reason="needs the extra")),
]


def forecast(histories, engine):
    cells = [(name, index, quantity) for name, history in histories.items() for index, quantity in history]
    return forecast_items(
        pl.DataFrame(
            {
                "series_id": [name for name, _, _ in cells],
                "period_index": [index for _, index, _ in cells],
                "quantity": pl.Series([quantity for _, _, quantity in cells], dtype=pl.Float64),
            }
        ),
        series=pl.DataFrame({"series_id": list(histories)}),
        horizon_periods=HORIZON,
        season_length=12,
        engine=engine,
        last_period_index=99,
    )


def assert_usable(result, series_count):
    assert result.forecasts.height == HORIZON * series_count
    numbers = result.forecasts.drop("series_id").to_numpy()
    assert np.isfinite(numbers).all()
    assert (numbers >= 0).all()
    order = result.forecasts.select("lower_95", "lower_80", "forecast_quantity", "upper_80", "upper_95").to_numpy()
    assert (np.diff(order, axis=1) >= 0).all()
    texts = result.methods.select("demand_class", "method", "rung", "reason")
    assert texts.height == series_count
    assert texts.select(pl.all_horizontal(pl.all().str.len_chars() > 0).all()).item()
    assert (result.corrections["reason"].str.len_chars() > 0).all()


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("shape", SHAPES)
def test_awkward_series_of_every_length_get_a_finite_forecast_with_a_reason(shape, engine):
    histories = {f"{length:02d}": SHAPES[shape](length) for length in LENGTHS}
    assert_usable(forecast(histories, engine), len(LENGTHS))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("shape", SHAPES)
def test_an_awkward_series_on_its_own_gets_one_too(shape):
    for length in (1, 2, 12, 23, 24, 30, 40):
        assert_usable(forecast({"s": SHAPES[shape](length)}, "standard"), 1)
