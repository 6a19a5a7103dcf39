"""The measures, and the members that are in a textbook, against numbers others have published."""

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items, measure_accuracy
from sop_pipeline.planning.forecasting.accuracy import scaled_error
from sop_pipeline.planning.forecasting.fallback import seasonal_naive
from sop_pipeline.planning.forecasting.intermittent import recent_mean
from sop_pipeline.planning.forecasting.seasonality import centred_average

# Australian beer production by quarter, 1992 to 2007 and then to the second quarter of 2010 (Hyndman and Athanasopoulos, FPP3, 5.8).
BEER = """
443 410 420 532 433 421 410 512 449 381 423 531 426 408 416 520 409 398 398 507 432 398 406 526 428 397 403 517 435 383 424 521
421 402 414 500 451 380 416 492 428 408 406 506 435 380 421 490 435 390 412 454 416 403 408 482 438 386 405 491 427 383 394 473
"""
COMING_BEER = "420 390 410 488 415 398 419 488 414 374"
# Chopra and Meindl, Demand forecasting in a supply chain: Tahoe Salt.
SALT = [8000, 13000, 23000, 34000, 10000, 18000, 23000, 38000, 12000, 13000, 32000, 41000]


def column(text):
    return np.array(text.split(), dtype=np.float64)[:, None]


def benchmark(name, history, horizon):
    steps = np.arange(1, horizon + 1)[:, None]
    return {
        "mean": np.repeat(recent_mean(history, len(history))[None], horizon, axis=0),
        "naive": np.repeat(recent_mean(history, 1)[None], horizon, axis=0),
        "drift": history[-1] + steps * (history[-1] - history[0]) / (len(history) - 1),
        "seasonal_naive": seasonal_naive(history, horizon, 4),
    }[name]


def measured(actual, forecast):
    """As `measure_accuracy` sees a series, with the mean absolute error beside."""
    frame = pl.DataFrame({"actual_quantity": actual, "forecast_quantity": forecast}).with_columns(
        series_id=pl.lit("s"), naive_quantity=pl.lit(None, pl.Float64), scale_quantity=pl.lit(None, pl.Float64)
    )
    row = measure_accuracy(frame, ["series_id"]).row(0, named=True)
    return row | {"mean_absolute_error": row["wape_ratio"] * row["actual_quantity"] / row["pairs"]}


@pytest.mark.parametrize(
    ("name", "mean_absolute_error", "scaled"),
    [("mean", 34.83, 2.435), ("naive", 57.4, 4.014), ("drift", 58.88, 4.117), ("seasonal_naive", 13.4, 0.937)],
)
def test_the_benchmarks_of_the_beer_case_err_as_published(name, mean_absolute_error, scaled):
    history, actual = column(BEER), column(COMING_BEER)
    forecast = benchmark(name, history, len(actual))
    assert measured(actual[:, 0], forecast[:, 0])["mean_absolute_error"] == pytest.approx(mean_absolute_error, abs=0.005)
    assert scaled_error(forecast, actual, history, 4)[0] == pytest.approx(scaled, abs=0.0005)


@pytest.mark.parametrize("engine", ["express", "standard"])
def test_the_engines_err_less_on_beer_than_the_best_benchmark_published(engine):
    history, actual = column(BEER), column(COMING_BEER)
    rows = pl.DataFrame({"series_id": "beer", "period_index": np.arange(len(history)), "quantity": history[:, 0]})
    series = pl.DataFrame({"series_id": ["beer"]})
    result = forecast_items(rows, series=series, horizon_periods=len(actual), season_length=4, engine=engine)
    forecast = result.forecasts["forecast_quantity"].to_numpy()[:, None]
    assert scaled_error(forecast, actual, history, 4)[0] < 0.937


def moving_average(demand):
    return [None] * 4 + [float(recent_mean(np.array(demand[:t], float)[:, None], 4)[0]) for t in range(4, len(demand))]


def exponential_smoothing(demand, alpha=0.1):
    level, forecast = float(np.mean(demand)), []
    for value in demand:
        forecast.append(level)
        level += alpha * (value - level)
    return forecast


def holt(demand, alpha=0.1, beta=0.2):
    slope, start = np.polyfit(np.arange(1, len(demand) + 1), demand, 1)
    level, trend, forecast = start, slope, []
    for value in demand:
        forecast.append(level + trend)
        before = level
        level = alpha * value + (1 - alpha) * (level + trend)
        trend = beta * (level - before) + (1 - beta) * trend
    return forecast


def winters(demand, alpha=0.05, beta=0.1, gamma=0.1):
    level, trend, season, forecast = 18439.0, 524.0, [0.47, 0.68, 1.17, 1.67], []
    for value in demand:
        index, before = season.pop(0), level
        forecast.append((level + trend) * index)
        level = alpha * value / index + (1 - alpha) * (level + trend)
        trend = beta * (level - before) + (1 - beta) * trend
        season.append(gamma * value / level + (1 - gamma) * index)
    return forecast


@pytest.mark.parametrize(
    ("method", "mean_absolute_error", "signals"),
    [
        (moving_average, 9718.75, (-1.5177, 2.2075)),
        (exponential_smoothing, 10208.44, (-1.3779, 2.2533)),
        (holt, 8835.85, (-2.1497, 2.0)),
        (winters, 1468.93, (-2.7408, 4.0)),
    ],
)
def test_tahoe_salt_is_measured_as_published(method, mean_absolute_error, signals):
    pairs = [(actual, forecast) for actual, forecast in zip(SALT, method(SALT), strict=True) if forecast is not None]
    actual, forecast = np.array(pairs, dtype=np.float64).T
    running = [measured(actual[:periods], forecast[:periods]) for periods in range(1, len(actual) + 1)]
    assert running[-1]["mean_absolute_error"] == pytest.approx(mean_absolute_error, abs=0.005)
    tracking = [row["tracking_signal"] for row in running]
    assert (min(tracking), max(tracking)) == pytest.approx(signals, abs=5e-5)


def test_tahoe_salt_without_its_season_is_as_published():
    average = centred_average(np.array(SALT, dtype=np.float64)[:, None], 4)[:, 0]
    assert average[2:-2].tolist() == [19750, 20625, 21250, 21750, 22500, 22125, 22625, 24125]
