"""Prediction bounds from the errors all series made at past origins (pooled conformal). Point forecasts stay out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from sop_pipeline.planning.forecasting.adjust import adjust
from sop_pipeline.planning.forecasting.fallback import combine_members
from sop_pipeline.planning.forecasting.intermittent import intermittent_forecast
from sop_pipeline.planning.forecasting.members import express_members
from sop_pipeline.planning.forecasting.panel import Floats, take_series
from sop_pipeline.planning.forecasting.ridge import seasonal_scale
from sop_pipeline.planning.forecasting.seasonality import log_demand

OWN_SCALE = 0.75  # exponent of a series' own scale; the rest is the typical scale of the pool
NEIGHBOUR_HORIZONS = 2  # errors this many periods nearer or farther count for a horizon too
WIDEST = 1.5  # logs: bounds stay within 1/4.5 to 4.5 times the forecast
FEWEST_ERRORS = 20  # fewer say nothing about a tail
MOST_ORIGINS = 4
MEAN_DIFFERENCE = 2 / np.sqrt(np.pi)  # mean absolute difference of two independent normal errors, in standard deviations

Bounds = Mapping[int, tuple[Floats, Floats]]  # level in whole percent -> lower and upper, each horizon x series


@dataclass(frozen=True)
class ErrorPool:
    """Log errors at past origins over the scale of their series (horizon x series and origins, NaN beyond), and the typical scale."""

    scaled_errors: Floats
    typical_scale: float


def smooth_bounds(forecast: Floats, scale: Floats, pool: ErrorPool, levels: Sequence[int]) -> Bounds:
    """Bounds forecast * exp(+-q * s) with s = scale^0.75 * typical scale^0.25, q the quantile of the past errors in such units.

    `forecast`: horizon x series; `scale`: mean absolute seasonal difference of each series' adjusted logs. Without enough past errors
    q is that of independent normal errors.
    """
    spread = _pooled_scale(scale, pool.typical_scale)
    quantiles = _quantiles(np.abs(pool.scaled_errors), [level / 100 for level in levels])
    bounds = {}
    for level, quantile in zip(levels, quantiles, strict=True):
        assumed = NormalDist().inv_cdf(0.5 + level / 200) / MEAN_DIFFERENCE
        half_width = np.minimum(np.where(np.isfinite(quantile), quantile, assumed)[:, None] * spread, WIDEST)
        bounds[level] = (forecast * np.exp(-half_width), forecast * np.exp(half_width))
    return bounds


def intermittent_bounds(forecast: Floats, scale: Floats, past_errors: Floats, levels: Sequence[int]) -> Bounds:
    """Bounds forecast + q * scale, q the lower and upper quantile of the signed past errors over their scale; never below 0.

    `scale`: root mean square demand of each series; `past_errors`: horizon x any, from `past_intermittent_errors`.
    """
    bounds = {}
    for level in levels:
        low, high = _quantiles(past_errors, [0.5 - level / 200, 0.5 + level / 200])
        assumed = NormalDist().inv_cdf(0.5 + level / 200)
        lower = forecast + np.where(np.isfinite(low), low, -assumed)[:, None] * scale
        upper = forecast + np.where(np.isfinite(high), high, assumed)[:, None] * scale
        bounds[level] = (np.clip(lower, 0.0, forecast), np.maximum(upper, forecast))
    return bounds


def _pooled_scale(scale: Floats, typical_scale: float) -> Floats:
    """A series' own scale drawn a quarter of the way, in logs, to the typical one."""
    return scale**OWN_SCALE * typical_scale ** (1 - OWN_SCALE)


def root_mean_square(values: Floats) -> Floats:
    """Root of the mean squared demand of each series, computed relative to its largest so that it cannot overflow."""
    known = np.where(np.isfinite(values), values, 0.0)
    largest = np.maximum(known.max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    count = np.maximum(np.isfinite(values).sum(axis=0), 1)
    return largest * np.sqrt(((known / largest) ** 2).sum(axis=0) / count)


def past_log_errors(values: Floats, typical_scale: float, *, horizon: int, season_length: int) -> ErrorPool:
    """Pool the errors log(actual / forecast) that the express members made at past origins.

    `values`: demand, periods x series; a series takes part in an origin at which it had two closed seasons. The express members stand in
    for the standard ones, whose errors are alike: refitting those would cost more than the forecast itself.
    """

    def scaled_errors(history: Floats, actual: Floats) -> Floats:
        adjusted = adjust(history, len(actual), season_length)
        members = express_members(adjusted)
        combined = combine_members(members, len(actual), history, season_length, lambda: members["theta"])
        spread = _pooled_scale(seasonal_scale(adjusted.without_season, season_length), typical_scale)
        floored = log_demand(np.concatenate([history, actual]))[len(history) :]
        with np.errstate(divide="ignore"):
            errors = floored - np.log(combined.forecast)
        return errors / spread

    return ErrorPool(_at_past_origins(values, scaled_errors, horizon, season_length), typical_scale)


def past_intermittent_errors(values: Floats, *, horizon: int, season_length: int) -> Floats:
    """Errors actual - forecast of the intermittent models at past origins over the root mean square demand; shape as `past_log_errors`."""

    def scaled_errors(history: Floats, actual: Floats) -> Floats:
        forecast = intermittent_forecast(history, len(actual), season_length)
        return (actual - forecast) / np.maximum(root_mean_square(history), np.finfo(np.float64).tiny)

    return _at_past_origins(values, scaled_errors, horizon, season_length)


def _at_past_origins(values: Floats, scaled_errors: Callable[[Floats, Floats], Floats], horizon: int, season_length: int) -> Floats:
    """Every half season back until the horizon is covered, two origins at least, four at most."""
    half = season_length // 2
    lengths = np.isfinite(values).sum(axis=0)
    found = [np.empty((horizon, 0))]
    for back in (half * (i + 1) for i in range(min(max(-(-horizon // half), 2), MOST_ORIGINS))):
        columns = np.flatnonzero(lengths >= back + 2 * season_length)
        if not len(columns):
            continue
        origin, reach = len(values) - back, min(back, horizon)
        errors = np.full((horizon, len(columns)), np.nan)
        errors[:reach] = scaled_errors(take_series(values[:origin], columns), take_series(values[origin : origin + reach], columns))
        found.append(errors)
    return np.concatenate(found, axis=1)


def _quantiles(errors: Floats, probabilities: Sequence[float]) -> Floats:
    """Quantiles per horizon (probabilities x horizon) over the pool of neighbouring horizons; beyond the last one known they stay.

    The conformal rank (n + 1) * p gives the promised coverage for n past errors. NaN where no horizon has enough of
    them.
    """
    horizon = len(errors)
    quantiles = np.full((len(probabilities), horizon), np.nan)
    for step in range(horizon):
        near = errors[max(step - NEIGHBOUR_HORIZONS, 0) : step + NEIGHBOUR_HORIZONS + 1]
        pool = near[np.isfinite(near)]
        if len(pool) >= FEWEST_ERRORS:
            stretch = (len(pool) + 1) / len(pool)
            ranks = [np.clip(0.5 + (p - 0.5) * stretch, 0.0, 1.0) for p in probabilities]
            quantiles[:, step] = np.quantile(pool, ranks)
        elif step:
            quantiles[:, step] = quantiles[:, step - 1]
    return quantiles
