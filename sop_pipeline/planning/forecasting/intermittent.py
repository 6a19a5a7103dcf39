"""Models of demand that comes now and then: multiple aggregation and the recent mean.

Seasons and smooth demand stay out.
"""

import numpy as np

from sop_pipeline.planning.forecasting.panel import BLOCK_SERIES, Floats, take_series

SMOOTHING_GRID = np.linspace(0.1, 0.3, 9)  # sparse demand carries too little information for faster smoothing
HIGHEST_AGGREGATION = 12


def intermittent_forecast(values: Floats, horizon: int, season_length: int) -> Floats:
    """Mean of IMAPA and the average of the last season; flat, horizon x series.

    Both decay after the last sale, where Croston's methods stay up for ever. `values`: periods x series, NaN before
    the start.
    """
    level = 0.5 * (imapa(values) + recent_mean(values, season_length))
    return np.repeat(level[None], horizon, axis=0)


def recent_mean(values: Floats, periods: int) -> Floats:
    """Mean of the last `periods` observations of each series; 0 without any."""
    recent = values[-periods:] if periods else values[:0]
    known = np.isfinite(recent)
    return np.where(known, recent, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def imapa(values: Floats) -> Floats:
    """Demand per period by the multiple aggregation algorithm (Petropoulos and Kourentzes 2015): one number per series.

    History is summed into buckets of 1, 2, ... periods, up to the rounded mean interval between demands (at most a
    dozen), counted back from the end; every bucketing is smoothed with the best constant of 0.1 to 0.3 and divided by
    its length; the forecasts are averaged.
    """
    lengths = np.isfinite(values).sum(axis=0)
    interval = np.clip(np.rint(_mean_interval(values)), 1, HIGHEST_AGGREGATION).astype(np.int64)
    total = np.zeros(values.shape[1])
    for size in range(1, int(interval.max(initial=0)) + 1):
        columns = np.flatnonzero((interval >= size) & (lengths >= size))
        total[columns] += _smoothed_buckets(take_series(values, columns), size) / size
    return total / np.maximum(np.minimum(interval, lengths), 1)


def _mean_interval(values: Floats) -> Floats:
    """Periods up to the last demand over the number of demands; 1 without any."""
    periods = len(values)
    sold = values > 0
    demands = sold.sum(axis=0)
    since_last = np.where(demands > 0, np.argmax(sold[::-1], axis=0), 0) if periods else np.zeros(values.shape[1])
    lengths = np.isfinite(values).sum(axis=0)
    return np.where(demands > 0, (lengths - since_last) / np.maximum(demands, 1), 1.0)


def _smoothed_buckets(values: Floats, size: int) -> Floats:
    """One-step forecast of the sums of `size` periods by simple exponential smoothing; every series has at least one bucket."""
    buckets = len(values) // size
    sums = values[len(values) - buckets * size :].reshape(buckets, size, values.shape[1]).sum(axis=1)
    forecast = np.empty(values.shape[1])
    for start in range(0, values.shape[1], BLOCK_SERIES):
        block = sums[:, start : start + BLOCK_SERIES]
        observed = np.isfinite(block)
        first = observed.argmax(axis=0)
        level = np.repeat(block[first, np.arange(block.shape[1])][None], len(SMOOTHING_GRID), axis=0)
        # Relative to the largest bucket, so that squares neither overflow nor vanish.
        unit = np.maximum(np.where(observed, block, 0.0).max(axis=0), np.finfo(np.float64).tiny)
        squared_error = np.zeros_like(level)
        for value, seen in zip(np.where(observed, block, 0.0), observed, strict=True):
            error = np.where(seen, value - level, 0.0)
            squared_error += (error / unit) ** 2
            level += SMOOTHING_GRID[:, None] * error
        forecast[start : start + BLOCK_SERIES] = level[squared_error.argmin(axis=0), np.arange(block.shape[1])]
    return forecast
