"""Theta, damped trend and simple smoothing of many log series at once, in NumPy alone.

Seasonal adjustment, pooled models and means of members stay out.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.panel import BLOCK_SERIES, Floats

THETA_ALPHAS = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
DAMPED_GRID = np.array(
    [(alpha, beta, phi) for alpha in (0.1, 0.25, 0.5, 0.75, 0.95) for beta in (0.05, 0.15, 0.4) for phi in (0.8, 0.9, 0.98)]
)
START_PERIODS = 6  # the recursion starts from the mean of these first periods
MINIMUM_FOR_TREND = 6
FEWEST_COLUMNS = 8  # a block of one column would be summed in another order than the same series among others


@dataclass(frozen=True)
class _Block:
    """A few hundred series: values with 0 before the start, 1.0 where observed, observations per series."""

    values: Floats
    observed: Floats
    lengths: Floats


@dataclass(frozen=True)
class _GridFit:
    """Smoothing with every parameter of a grid: likelihood weights that sum to 1, last level, last trend (each grid x series)."""

    weights: Floats
    best: Floats
    level: Floats
    trend: Floats


def theta(adjusted: Floats, horizon: int) -> Floats:
    """Forecast by the Theta method: exponential smoothing plus half the slope of the series (Hyndman and Billah 2003).

    `adjusted`: periods x series, logs without season, NaN before the start; every series has an observation. Returns
    horizon x series. The level is the mean over a grid of smoothing constants weighted by likelihood, steadier than
    the best one alone.
    """

    def block_forecast(block: _Block) -> Floats:
        fit = _fit_levels(block)
        alpha = THETA_ALPHAS[fit.best.astype(np.int64)]
        offset = (1 - (1 - alpha) ** block.lengths) / alpha
        return _mean_level(fit) + 0.5 * _slope(block) * (np.arange(horizon)[:, None] + offset)

    return _by_block(block_forecast, adjusted, horizon)


def smoothed_level(adjusted: Floats, horizon: int) -> Floats:
    """Forecast by simple exponential smoothing: flat, averaged over the grid as in `theta`, shapes as there."""

    def block_forecast(block: _Block) -> Floats:
        return np.repeat(_mean_level(_fit_levels(block))[None], horizon, axis=0)

    return _by_block(block_forecast, adjusted, horizon)


def damped_trend(adjusted: Floats, horizon: int) -> Floats:
    """Forecast by damped trend with additive errors, averaged over a grid of parameters weighted by likelihood; shapes as `theta`."""
    phi = DAMPED_GRID[:, 2]
    steps = np.arange(1, horizon + 1)
    trend_reach = phi * (1 - phi ** steps[:, None]) / (1 - phi)  # horizon x grid

    def block_forecast(block: _Block) -> Floats:
        fit = _fit_trends(block)
        weighted_trend = fit.weights * fit.trend
        forecast = np.repeat(_mean_level(fit)[None], horizon, axis=0)
        for reach, trend in zip(trend_reach.T, weighted_trend, strict=True):
            forecast += reach[:, None] * trend
        return forecast

    return _by_block(block_forecast, adjusted, horizon)


def _by_block(block_forecast: Callable[[_Block], Floats], adjusted: Floats, horizon: int) -> Floats:
    forecast = np.empty((horizon, adjusted.shape[1]))
    for start in range(0, adjusted.shape[1], BLOCK_SERIES):
        columns = adjusted[:, start : start + BLOCK_SERIES]
        padding = max(FEWEST_COLUMNS - columns.shape[1], 0)
        padded = np.ascontiguousarray(np.pad(columns, ((0, 0), (0, padding)), constant_values=0.0))
        observed = np.isfinite(padded).astype(np.float64)
        block = _Block(np.where(observed > 0, padded, 0.0), observed, observed.sum(axis=0))
        forecast[:, start : start + BLOCK_SERIES] = block_forecast(block)[:, : columns.shape[1]]
    return forecast


def _start_level(block: _Block) -> Floats:
    """Mean of the first observations of each series."""
    rank = np.cumsum(block.observed, axis=0)
    first = np.where((block.observed > 0) & (rank <= START_PERIODS), 1.0, 0.0)
    return (first * block.values).sum(axis=0) / np.maximum(first.sum(axis=0), 1.0)


def _fit_levels(block: _Block) -> _GridFit:
    alpha = THETA_ALPHAS[:, None]
    level = np.repeat(_start_level(block)[None], len(alpha), axis=0)
    squared_error = np.zeros_like(level)
    error = np.empty_like(level)
    for value, observed in zip(block.values, block.observed, strict=True):
        np.subtract(value, level, out=error)
        error *= observed
        squared_error += error * error
        error *= alpha
        level += error
    return _GridFit(*_likelihood_weights(squared_error, block.lengths), level, np.zeros_like(level))


def _fit_trends(block: _Block) -> _GridFit:
    alpha, beta, phi = (column[:, None] for column in DAMPED_GRID.T)
    trend_gain = alpha * beta
    level = np.repeat(_start_level(block)[None], len(alpha), axis=0)
    trend, squared_error = np.zeros_like(level), np.zeros_like(level)
    error, scratch = np.empty_like(level), np.empty_like(level)
    for value, observed in zip(block.values, block.observed, strict=True):
        trend *= phi
        level += trend
        np.subtract(value, level, out=error)
        error *= observed
        np.multiply(error, error, out=scratch)
        squared_error += scratch
        np.multiply(error, alpha, out=scratch)
        level += scratch
        error *= trend_gain
        trend += error
    return _GridFit(*_likelihood_weights(squared_error, block.lengths), level, trend)


def _likelihood_weights(squared_error: Floats, lengths: Floats) -> tuple[Floats, Floats]:
    """Gaussian likelihood of each grid point relative to the best, scaled to sum to 1; and the position of the best."""
    minus_log_likelihood = 0.5 * lengths * np.log(np.maximum(squared_error / np.maximum(lengths, 1.0), 1e-12))
    weights = np.exp(minus_log_likelihood.min(axis=0) - minus_log_likelihood)
    return weights / weights.sum(axis=0), squared_error.argmin(axis=0).astype(np.float64)


def _mean_level(fit: _GridFit) -> Floats:
    return (fit.weights * fit.level).sum(axis=0)


def _slope(block: _Block) -> Floats:
    """Least-squares slope per period; 0 for series too short to have one."""
    age = np.arange(1 - len(block.values), 1.0)[:, None]
    count = np.maximum(block.lengths, 1.0)
    centred_age = block.observed * (age - (block.observed * age).sum(axis=0) / count)
    mean = block.values.sum(axis=0) / count
    slope = (centred_age * (block.values - mean)).sum(axis=0) / np.maximum((centred_age**2).sum(axis=0), 1e-9)
    return np.where(block.lengths < MINIMUM_FOR_TREND, 0.0, slope)
