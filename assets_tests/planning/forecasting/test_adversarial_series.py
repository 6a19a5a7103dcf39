"""Histories that break forecasting libraries, each through the whole engine."""

import math

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items

LENGTHS = range(1, 41)
HORIZON = 7


def rows(quantities, *, drop=(), double=()):
    """One series of consecutive periods that ends in period 99, some dropped, some there twice."""
    kept = [(i, q) for i, q in enumerate(quantities) if i not in drop]
    kept += [(i, quantities[i]) for i in double]
    return [(i + 100 - len(quantities), q) for i, q in kept]


def waves(length):
    return [100 + 30 * math.sin(i / 12 * 2 * math.pi) + (i * 7) % 5 for i in range(length)]


def with_value(values, position, value):
    values = list(values)
    values[position] = value
    return values


def ramp(length):
    return [1e-6 * 10 ** (18 * i / max(length - 1, 1)) for i in range(length)]


SHAPES = {
    "constant": lambda n: rows([5.0] * n),
    "zeros": lambda n: rows([0.0] * n),
    "waves": lambda n: rows(waves(n)),
    "nan_inside": lambda n: rows(with_value(waves(n), n // 2, math.nan)),
    "nan_last": lambda n: rows(with_value(waves(n), -1, math.nan)),
    "null_last": lambda n: rows(with_value(waves(n), -1, None)),
    "all_nan": lambda n: rows([math.nan] * n),
    "infinite": lambda n: rows(with_value(waves(n), n // 2, math.inf)),
    "negative": lambda n: rows([-1.0 * (i % 3) for i in range(n)]),
    "mixed_signs": lambda n: rows([(-1.0) ** i * (i + 1) for i in range(n)]),
    "huge": lambda n: rows([1e12 * (1 + i % 4) for i in range(n)]),
    "largest": lambda n: rows([1e30] * n),
    "beyond": lambda n: rows(with_value(waves(n), n // 2, 1e308)),
    "over_float32": lambda n: rows([float(2**53 + i) for i in range(n)]),
    "tiny": lambda n: rows([1e-6 * (1 + i % 3) for i in range(n)]),
    "explosion": lambda n: rows(ramp(n)),
    "collapse": lambda n: rows(ramp(n)[::-1]),
    "spike_first": lambda n: rows(with_value([1.0] * n, 0, 1e12)),
    "spike_inside": lambda n: rows(with_value([1.0] * n, n // 2, 1e12)),
    "spike_last": lambda n: rows(with_value([1.0] * n, -1, 1e12)),
    "one_sale": lambda n: rows(with_value([0.0] * n, n // 3, 4.0)),
    "dead_tail": lambda n: rows(waves(n)[: n // 2 + 1] + [0.0] * (n - n // 2 - 1)),
    "every_third": lambda n: rows([9.0 if i % 3 == 0 else 0.0 for i in range(n)]),
    "doubled": lambda n: rows(waves(n), double=(0, n - 1)),
    "missing": lambda n: rows(waves(n), drop=range(1, n - 1, 3)),
}


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
@pytest.mark.parametrize("engine", ["express", "standard"])
@pytest.mark.parametrize("shape", SHAPES)
def test_awkward_series_of_every_length_get_a_finite_forecast_with_a_reason(shape, engine):
    histories = {f"{length:02d}": SHAPES[shape](length) for length in LENGTHS}
    assert_usable(forecast(histories, engine), len(LENGTHS))


@pytest.mark.filterwarnings("error::RuntimeWarning")
@pytest.mark.parametrize("shape", SHAPES)
def test_an_awkward_series_on_its_own_gets_one_too(shape):
    for length in (1, 2, 12, 23, 24, 30, 40):
        assert_usable(forecast({"s": SHAPES[shape](length)}, "standard"), 1)
