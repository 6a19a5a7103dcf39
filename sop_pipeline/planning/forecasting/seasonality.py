"""Seasonal indices in logarithms: estimated, shrunk toward none, and applied; and the test for a season.

Which series get one, and the models on the adjusted series, stay out.
"""

import numpy as np

from sop_pipeline.planning.forecasting.panel import Flags, Floats, known_median, take_series

YEARLY_DISCOUNT = 0.8  # weight of a year against the year after it
FLOOR_OF_SMALLEST = 0.5  # a period without demand counts as half of the smallest demand seen
FLOOR_OF_MEDIAN = 0.01  # but a single tiny quantity must not turn every zero into a crash of ten orders of magnitude
SEASONALITY_LIMIT = 1.645  # one-sided 5 % of the normal distribution, as in the M competitions
END_PERIODS = 3  # the smoother is mirrored at the end about the median of these last periods


def log_demand(values: Floats) -> Floats:
    """Return the logarithm of demand (periods x series, NaN before the start), floored so that it exists in periods without demand."""
    positive = np.where(values > 0, values, np.nan)
    smallest = np.fmin.reduce(positive, axis=0, initial=np.inf)
    floor = np.maximum(FLOOR_OF_SMALLEST * smallest, FLOOR_OF_MEDIAN * known_median(positive.T))
    return np.log(np.maximum(values, np.where(np.isfinite(floor), floor, 1.0)))


def seasonal_indices(logs: Floats, season_length: int) -> Floats:
    """Return log seasonal indices (season x series); row 0 belongs to the last period of `logs`, row 1 to the one before, and so on.

    Deviations from a centred average over one season are averaged by phase with `YEARLY_DISCOUNT` per year of age and
    shrunk toward 0 by the James-Stein factor min(1, (season - 3) * variance / sum of squared indices), which replaces
    a test for seasonality. A second pass takes the deviations from a smoother of the adjusted series that reaches the
    end of the history, so that the last half season counts too. Series shorter than two seasons get 0. The indices of
    a series sum to 0.
    """
    observed = np.isfinite(logs)
    long_enough = observed.sum(axis=0) >= 2 * season_length
    indices = np.zeros((season_length, logs.shape[1]))
    if not long_enough.any():
        return indices
    logs, observed = take_series(logs, long_enough), take_series(observed, long_enough)
    first = _shrunk_indices(logs - centred_average(logs, season_length), season_length)
    adjusted = logs - past_effect(first, len(logs))
    indices[:, long_enough] = _shrunk_indices(logs - _smooth_to_the_end(adjusted, observed, season_length // 2), season_length)
    return indices


def is_seasonal(values: Floats, season_length: int) -> Flags:
    """True where the autocorrelation of the demand at one season is significant at 5 % and three seasons are there."""
    lengths = np.isfinite(values).sum(axis=0)
    known = np.isfinite(values)
    largest = np.maximum(np.where(known, values, 0.0).max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    relative = np.where(known, values / largest, 0.0)
    centred = np.where(known, relative - relative.sum(axis=0) / np.maximum(lengths, 1), 0.0)
    variation = (centred**2).sum(axis=0)
    autocorrelation = np.zeros((season_length, values.shape[1]))
    for lag in range(1, min(season_length, len(values) - 1) + 1):
        autocorrelation[lag - 1] = (centred[lag:] * centred[:-lag]).sum(axis=0) / np.maximum(variation, 1e-300)
    limit = SEASONALITY_LIMIT * np.sqrt((1 + 2 * (autocorrelation[:-1] ** 2).sum(axis=0)) / np.maximum(lengths, 1))
    return (lengths >= 3 * season_length) & (np.abs(autocorrelation[-1]) > limit)


def past_effect(indices: Floats, periods: int) -> Floats:
    """The indices (season x series) laid along the last `periods` periods of history (periods x series)."""
    season_length = len(indices)
    return indices[(periods - 1 - np.arange(periods)) % season_length]


def future_effect(indices: Floats, horizon: int) -> Floats:
    """The indices (season x series) laid along the `horizon` periods after the history (horizon x series)."""
    return indices[-np.arange(1, horizon + 1) % len(indices)]


def centred_average(logs: Floats, season_length: int) -> Floats:
    """Average over one season centred on the period; an even season takes its two end periods by half.

    NaN where it does not reach.
    """
    periods = len(logs)
    half = season_length // 2
    weights = np.ones(2 * half + 1)
    if season_length % 2 == 0:
        weights[[0, -1]] = 0.5
    average = np.full(logs.shape, np.nan)
    total = np.zeros((periods - 2 * half, logs.shape[1]))
    for lag, weight in enumerate(weights):
        total += weight * logs[lag : lag + len(total)]
    average[half : periods - half] = total / season_length
    return average


def _shrunk_indices(deviations: Floats, season_length: int) -> Floats:
    """Discounted phase means of `deviations` (NaN where unknown), centred and shrunk."""
    periods, series = deviations.shape
    years = -(-periods // season_length)
    padded = np.full((years * season_length, series), np.nan)
    padded[years * season_length - periods :] = deviations
    # Oldest year first; within a year the last phase becomes row 0, counted from the end of the history.
    by_year = padded.reshape(years, season_length, series)[:, ::-1]
    known = np.isfinite(by_year)
    age = np.arange(years - 1, -1, -1)[:, None, None]
    weights = np.where(known, YEARLY_DISCOUNT**age, 0.0)
    by_year = np.where(known, by_year, 0.0)
    phase_weight = weights.sum(axis=0)
    indices = (weights * by_year).sum(axis=0) / np.maximum(phase_weight, 1e-12)
    indices -= indices.mean(axis=0)
    residuals = np.where(known, by_year - indices, 0.0)
    # Kish's effective number of years behind one index.
    effective_years = (phase_weight**2 / np.maximum((weights**2).sum(axis=0), 1e-12)).mean(axis=0)
    freedom = np.maximum(1 - 1 / np.maximum(effective_years, 1.0001), 0.1)
    variance = (weights * residuals**2).sum(axis=(0, 1)) / np.maximum(phase_weight.sum(axis=0), 1e-12) / freedom
    strength = (indices**2).sum(axis=0)
    shrinkage = (season_length - 3) * variance / np.maximum(effective_years, 1e-9) / np.maximum(strength, 1e-30)
    return (1 - np.minimum(shrinkage, 1.0)) * indices


def _smooth_to_the_end(adjusted: Floats, observed: Flags, reach: int) -> Floats:
    """Triangular average over +-reach periods; mirrored through the last level at the end, cut weights at the start."""
    periods, series = adjusted.shape
    end_level = np.median(adjusted[-END_PERIODS:], axis=0)
    mirrored = 2 * end_level - adjusted[-2 : -reach - 2 : -1]
    extended = np.concatenate([np.zeros((reach, series)), np.where(observed, adjusted, 0.0), mirrored])
    known = np.concatenate([np.zeros((reach, series)), observed.astype(np.float64), np.ones((reach, series))])
    weights = np.concatenate([np.arange(1, reach + 2), np.arange(reach, 0, -1)]).astype(np.float64)
    total, weight_sum = np.zeros((periods, series)), np.zeros((periods, series))
    for lag, weight in enumerate(weights):
        total += weight * extended[lag : lag + periods]
        weight_sum += weight * known[lag : lag + periods]
    return total / np.maximum(weight_sum, 1e-12)
