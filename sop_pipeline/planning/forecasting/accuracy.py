"""How good forecasts were: the ratios of the plan, and the measures of the M4 competition. Where the pairs come from stays out."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.panel import Floats, take_series
from sop_pipeline.planning.forecasting.seasonality import centred_average, is_seasonal, past_effect


def measure_accuracy(pairs: pl.DataFrame, by: Sequence[str]) -> pl.DataFrame:
    """Accuracy per group of forecasts, ordered by the group.

    `pairs`: one row per forecast that has come true: the `by` columns, `actual_quantity, forecast_quantity`, `naive_quantity` (the
    seasonal naive; null where there is none) and `scale_quantity` (mean absolute seasonal difference of the history known then; null or
    0 where there is none); optionally `before_quantity` (what the step before forecast; null where it said nothing). Error = forecast -
    actual, so a positive bias is over-forecast.

    Returns the `by` columns, `pairs`, `actual_quantity` sum|A|, `wape_ratio` sum|e| / sum|A|, `bias_ratio` sum e / sum A, `mase_ratio`
    mean of |e| / scale, `tracking_signal` sum e / mean|e|, `naive_wape_ratio`, `value_added_ratio` (WAPE of the seasonal naive less that
    of the forecast, over the pairs where both exist: positive is worth having), `compared_quantity` (sum|A| of those pairs) and
    `value_added_over_before_ratio` (the same against the step before; null without `before_quantity`). A ratio with denominator 0 is
    null.
    """
    error = pl.col("forecast_quantity") - pl.col("actual_quantity")
    actual, naive = pl.col("actual_quantity"), pl.col("naive_quantity")
    before = pl.col("before_quantity") if "before_quantity" in pairs.columns else pl.lit(None, dtype=pl.Float64)
    scale = pl.when(pl.col("scale_quantity") > 0).then(pl.col("scale_quantity"))
    return (
        pairs.with_columns(before_quantity=before)
        .sort(pl.all())
        .group_by(by, maintain_order=True)
        .agg(
            pl.len().cast(pl.Int64).alias("pairs"),
            actual.abs().sum().alias("actual_quantity"),
            _ratio(error.abs().sum(), actual.abs().sum()).alias("wape_ratio"),
            _ratio(error.sum(), actual.sum()).alias("bias_ratio"),
            (error.abs() / scale).mean().alias("mase_ratio"),
            _ratio(error.sum(), error.abs().mean()).alias("tracking_signal"),
            _ratio((naive - actual).abs().sum(), actual.filter(naive.is_not_null()).abs().sum()).alias("naive_wape_ratio"),
            _value_added(naive).alias("value_added_ratio"),
            actual.filter(naive.is_not_null()).abs().sum().alias("compared_quantity"),
            _value_added(pl.col("before_quantity")).alias("value_added_over_before_ratio"),
        )
        .sort(by)
    )


def _value_added(other: pl.Expr) -> pl.Expr:
    """WAPE of another forecast less that of the forecast, over the pairs where the other one exists."""
    forecast, actual = pl.col("forecast_quantity"), pl.col("actual_quantity")
    gain = (other - actual).abs() - (forecast - actual).abs()
    return _ratio(gain.sum(), actual.filter(other.is_not_null()).abs().sum())


def symmetric_error(forecast: Floats, actual: Floats) -> Floats:
    """The M4 competition's sMAPE per series, as a ratio: mean of 2|F - A| / (|F| + |A|) over the horizon (horizon x series); 0/0 is 0.

    Periods whose actual demand is not known (NaN) are left out, here and in `scaled_error`.
    """
    size = np.abs(forecast) + np.abs(actual)
    return _mean_known(np.where(size == 0, 0.0, 2 * np.abs(forecast - actual) / np.where(size == 0, 1.0, size)))


def scaled_error(forecast: Floats, actual: Floats, history: Floats, season_length: int) -> Floats:
    """MASE per series: mean absolute error over the mean absolute seasonal difference of the history; NaN where that is 0 or unknown."""
    scale = seasonal_difference(history, season_length)
    return _mean_known(np.abs(forecast - actual)) / np.where(scale > 0, scale, np.nan)


def seasonal_difference(history: Floats, season_length: int) -> Floats:
    """Mean absolute seasonal difference per series (periods x series, NaN before the start); NaN for series of a season or less."""
    differences = np.abs(history[season_length:] - history[:-season_length])
    known = np.isfinite(differences)
    count = known.sum(axis=0)
    return np.where(count > 0, np.where(known, differences, 0.0).sum(axis=0) / np.maximum(count, 1), np.nan)


def relative_error(forecast: Floats, reference: Floats, actual: Floats, history: Floats, season_length: int) -> float:
    """OWA of the M4 competition: the mean of sMAPE and MASE, each averaged over the series and divided by that of the reference."""
    symmetric = symmetric_error(forecast, actual).mean() / symmetric_error(reference, actual).mean()
    scaled = [scaled_error(member, actual, history, season_length) for member in (forecast, reference)]
    if not np.isfinite(scaled[1]).any():
        return float(symmetric)
    return float(0.5 * (symmetric + np.nanmean(scaled[0]) / np.nanmean(scaled[1])))


def naive2(history: Floats, horizon: int, season_length: int) -> Floats:
    """The reference of the M competitions: the last value, adjusted by classical seasonal indices where the series tests seasonal.

    `history`: periods x series, NaN before the start. Returns horizon x series.
    """
    periods = len(history)
    indices = np.ones((season_length, history.shape[1]))
    seasonal = np.flatnonzero(is_seasonal(history, season_length))
    if len(seasonal):
        ratios = take_series(history, seasonal) / centred_average(take_series(history, seasonal), season_length)
        phase = (periods - 1 - np.arange(periods)) % season_length
        means = np.array([_mean_known(ratios[phase == position]) for position in range(season_length)])
        indices[:, seasonal] = means / means.mean(axis=0)
    level = history[-1] / past_effect(indices, periods)[-1]
    return level * indices[-np.arange(1, horizon + 1) % season_length]


def _mean_known(values: Floats) -> Floats:
    known = np.isfinite(values)
    return np.where(known, values, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _ratio(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    return pl.when(denominator != 0).then(numerator / denominator)
