"""The demand a period would have had, judged by its neighbours and its season.

What is done with it (filling, uplift) stays with the callers.
"""

import numpy as np

from sop_pipeline.planning.forecasting.demand_class import INTERMITTENT_INTERVAL
from sop_pipeline.planning.forecasting.panel import Flags, Floats, known_median
from sop_pipeline.planning.forecasting.seasonality import log_demand, past_effect, seasonal_indices

# The first filling knows no season and bends the index of its own period; each round takes a part of that away, a quarter where
# all but one season was unusable in that period.
ROUNDS = 12


def expected_demand(values: Floats, unusable: Flags, season_length: int) -> Floats:
    """Return the expected demand of every cell (periods x series, NaN before the start), learned from the usable cells alone.

    Smooth series: seasonal indices times the running median of the usable cells within half a season. Intermittent
    ones: the running mean, as their median is 0. Where half a season on either side holds no usable cell, those of
    the whole series count; a series without any is expected at 0.
    """
    if not values.size:
        return values.copy()
    reach = season_length // 2
    started = np.isfinite(values) | unusable
    usable = started & ~unusable
    clean = np.where(usable, values, np.nan)
    logs = log_demand(clean)
    effect = np.zeros(values.shape)
    for _ in range(ROUNDS):
        expected_logs = _running(logs - effect, reach, median=True) + effect
        filled = np.where(started & ~usable, expected_logs, logs)
        effect = past_effect(seasonal_indices(filled, season_length), len(values))
    smooth = np.exp(_running(logs - effect, reach, median=True) + effect)
    sold = (clean > 0).sum(axis=0)
    intermittent = usable.sum(axis=0) >= INTERMITTENT_INTERVAL * np.maximum(sold, 1)
    expected = np.where(intermittent, _running(clean, reach, median=False), smooth)
    return np.where(started, np.nan_to_num(expected, nan=0.0), np.nan)


def _running(values: Floats, reach: int, *, median: bool) -> Floats:
    """Median or mean of the known cells within +-reach periods; of all known cells of the series where there is none, else NaN."""
    around = np.pad(values, ((reach, reach), (0, 0)), constant_values=np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(around, 2 * reach + 1, axis=0)
    statistic = known_median if median else _known_mean
    local = statistic(windows)
    return np.where(np.isfinite(local), local, statistic(values.T))


def _known_mean(cells: Floats) -> Floats:
    known = np.isfinite(cells)
    count = known.sum(axis=-1)
    total = np.where(known, cells, 0.0).sum(axis=-1)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan)
