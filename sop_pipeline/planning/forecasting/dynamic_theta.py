"""The dynamic optimised Theta model (Fiorucci et al. 2016) of many series at once. Seasonal adjustment and other models stay out."""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.panel import BLOCK_SERIES, Counts, Floats
from sop_pipeline.planning.forecasting.simplex_search import FEWEST_COLUMNS, minimise

SHORTEST = 4  # observations
WARM_UP = 3  # the first errors are those of the starting values
START_ALPHA, START_THETA = 0.5, 2.0
LOWEST = np.array([-1e10, 0.1, 1.0])  # of level, smoothing constant and theta
HIGHEST = np.array([1e10, 0.99, 1e10])
SMALLEST_MEAN = 1e-10


def dynamic_theta(histories: Sequence[Floats], horizon: int) -> Floats:
    """Forecast each history (oldest first) by the Theta lines fitted anew at every observation; horizon x series.

    Starting level, smoothing constant and theta are those with the smallest squared one-step errors. NaN for histories below four
    observations. The same numbers as `DynamicOptimizedTheta` of statsforecast but for the last digits of a float, at a seventh of its cost;
    as there, the search starts from absolute values, so that a history is best brought to a usual level first.
    """
    forecast = np.full((horizon, len(histories)), np.nan)
    # Neighbours of one length need the fewest empty cells.
    order = sorted((i for i in range(len(histories)) if len(histories[i]) >= SHORTEST), key=lambda i: -len(histories[i]))
    for start in range(0, len(order), BLOCK_SERIES):
        block = order[start : start + BLOCK_SERIES]
        padded = block + block[:1] * (FEWEST_COLUMNS - len(block))
        forecast[:, block] = _block_forecast([histories[i] for i in padded], horizon)[:, : len(block)]
    return forecast


@dataclass(frozen=True)
class _Lines:
    """Histories from the first row down, 0 after their end, with what the parameters do not touch.

    `intercept`, `slope`: the regression line on time over all observations up to a period, each periods x series.
    """

    values: Floats
    observed: Floats
    lengths: Counts
    mean: Floats
    intercept: Floats
    slope: Floats

    def take(self, columns: Counts) -> "_Lines":
        periods = int(self.lengths[columns].max())
        cut = (np.ascontiguousarray(part[:periods, columns]) for part in (self.values, self.observed, self.intercept, self.slope))
        values, observed, intercept, slope = cut
        return _Lines(values, observed, self.lengths[columns], self.mean[columns], intercept, slope)

    def __call__(self, points: Floats) -> Floats:
        """Squared one-step errors over the mean demand."""
        start_level, alpha, theta = points
        periods = len(self.values)
        remains = 1 - alpha
        powers = _powers(remains, periods + 1)
        levels = self.levels(start_level, alpha)
        first, last = WARM_UP, periods
        line = np.subtract(1.0, powers[first + 1 : last + 1])
        line *= 1 / alpha
        line *= self.slope[first - 1 : last - 1]
        powers = powers[first:last]
        powers *= self.intercept[first - 1 : last - 1]
        line += powers
        line *= 1 - 1 / theta
        line += levels[first - 1 : last - 1]
        line -= self.values[first:last]
        line *= self.observed[first:last]
        np.square(line, out=line)
        return line.sum(axis=0) / self.mean

    def levels(self, start_level: Floats, alpha: Floats) -> Floats:
        """Simple smoothing of the history."""
        remains = 1 - alpha
        levels = self.values * alpha
        levels[0] += remains * start_level
        carried = np.empty_like(alpha)
        for before, level in itertools.pairwise(levels):
            np.multiply(before, remains, out=carried)
            np.add(level, carried, out=level)
        return levels


def _block_forecast(histories: Sequence[Floats], horizon: int) -> Floats:
    lines = _lines(histories)
    start = np.array([lines.values[0] / 2, np.full(len(histories), START_ALPHA), np.full(len(histories), START_THETA)])
    start_level, alpha, theta = minimise(lines, start, LOWEST, HIGHEST)
    series, end = np.arange(len(histories)), lines.lengths - 1
    level = lines.levels(start_level, alpha)[end, series]
    mean = np.array([history.mean() for history in histories])
    intercept, slope = lines.intercept[end, series], lines.slope[end, series]
    forecast = np.empty((horizon, len(histories)))
    power = _powers(1 - alpha, int(lines.lengths.max()) + 1)[lines.lengths, series]
    for step in range(horizon):
        known = lines.lengths + step
        next_power = power * (1 - alpha)
        forecast[step] = level + (1 - 1 / theta) * (intercept * power + slope * (1 - next_power) / alpha)
        level = alpha * forecast[step] + (1 - alpha) * level
        mean, intercept, slope = _extend_line(mean, slope, forecast[step], known)
        power = next_power
    return forecast


def _lines(histories: Sequence[Floats]) -> _Lines:
    lengths = np.array([len(history) for history in histories])
    values = np.zeros((int(lengths.max()), len(histories)))
    for column, history in enumerate(histories):
        values[: len(history), column] = history
    observed = (np.arange(len(values))[:, None] < lengths).astype(np.float64)
    intercept, slope = np.empty_like(values), np.empty_like(values)
    mean, intercept[0], slope[0] = values[0], values[0], 0.0
    for known in range(1, len(values)):
        mean, intercept[known], slope[known] = _extend_line(mean, slope[known - 1], values[known], known)
    size = np.maximum(np.abs(values).sum(axis=0) / lengths, SMALLEST_MEAN)
    return _Lines(values, observed, lengths, size, intercept, slope)


def _extend_line(mean: Floats, slope: Floats, value: Floats, known: Counts | int) -> tuple[Floats, Floats, Floats]:
    """Mean, intercept and slope of the regression on time after one more value than the `known` ones."""
    new_mean = (known * mean + value) / (known + 1)
    new_slope = ((known - 1) * slope + 6 * (value - mean) / (known + 1)) / (known + 2)
    return new_mean, new_mean - new_slope * (known + 2) / 2, new_slope


def _powers(base: Floats, count: int) -> Floats:
    """base ** 0, 1, ... up to `count` - 1 (count x series)."""
    powers = np.empty((count, len(base)))
    powers[0] = 1.0
    done = 1
    while done < count:
        more = min(done, count - done)
        np.multiply(powers[:more], powers[done - 1] * base, out=powers[done : done + more])
        done += more
    return powers
