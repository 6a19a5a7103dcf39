"""How far a forecast may grow or shrink: hardly faster than demand did throughout its last seasons. The models that forecast stay out."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.adjust import Adjusted
from sop_pipeline.planning.forecasting.panel import Counts, Flags, Floats

TOLERANCE_FACTOR = 1.1  # a level known from half a season of months is worth no more precision; ordinary trends never meet the line
HALVES = 6  # half seasons looked at: four comparisons with the same half a season earlier
HALVES_WITH_TREND = 5  # below two and a half seasons a step cannot be told from a trend
HALVES_OF_TWO_SEASONS = 4


@dataclass(frozen=True)
class Held:
    """Forecast (horizon x series) within the lines demand has followed, and which series had to be held from above and from below."""

    forecast: Floats
    from_above: Flags
    from_below: Flags


def hold_growth(forecast: Floats, adjusted: Adjusted) -> Held:
    """Hold each forecast between a straight line above and a curve of constant percentage below, each widened by `TOLERANCE_FACTOR`.

    Models on logarithms carry growth on in percent, and a step of the level is growth to them. Here each of the last four half seasons
    is compared with the same half a season earlier. A single step, whenever it came, leaves one of the four comparisons unchanged, a
    trend shows in all: so the smallest change they agree on is what may go on, and 0 where they disagree on its direction. Growth goes
    on in units per season; decline in percent, as units lost at a high level say nothing about a low one. The upper line starts at the
    higher of the mean of the last season and that of its recent half (no higher than either half really sold), so that a level reached
    within the season stands; the lower line at the lower of the two means.

    `forecast`: demand, horizon x series. A history below two and a half seasons counts as level; below two, nothing is held.
    """
    season = adjusted.season_length
    half = season // 2
    demand = np.exp(adjusted.without_season)
    halves = np.array([_mean_of(demand, i * half, half) for i in range(HALVES)])
    last_season = _mean_of(demand, 0, season)
    known = np.isfinite(halves).sum(axis=0)
    per_season = season / (2 * half)
    rise = _agreed((halves[:-2] - halves[2:]) * per_season, known)
    fall = _agreed((np.log(halves[2:]) - np.log(halves[:-2])) * per_season, known)
    # A season read from growth overstates the level of its low half: it lies below what the better recent half really sold.
    sold = np.exp(adjusted.logs) / np.exp(adjusted.indices).mean(axis=0)
    level = np.fmin(halves[0], np.fmax(_mean_of(sold, 0, half), _mean_of(sold, half, half)))
    ahead = np.arange(1, adjusted.horizon + 1)[:, None]
    # A mean stands for the middle of its periods, from where the line runs on.
    from_season, from_half = ((ahead + (length - 1) / 2) / season for length in (season, half))
    upper = np.fmax(last_season + rise * from_season, level + rise * from_half) * TOLERANCE_FACTOR
    lower = np.fmin(last_season * np.exp(-fall * from_season), halves[0] * np.exp(-fall * from_half)) / TOLERANCE_FACTOR
    coming = np.exp(adjusted.coming_season)
    settled = known >= HALVES_OF_TWO_SEASONS
    above, below = settled & (forecast > upper * coming), settled & (forecast < lower * coming)
    held = np.where(above, upper * coming, np.where(below, lower * coming, forecast))
    return Held(held, above.any(axis=0), below.any(axis=0))


def _agreed(changes: Floats, known: Counts) -> Floats:
    """The smallest of the changes of each series, 0 where they differ in direction or too few halves are known."""
    return np.where(known >= HALVES_WITH_TREND, np.maximum(np.fmin.reduce(changes, axis=0), 0.0), 0.0)


def _mean_of(demand: Floats, first: int, length: int) -> Floats:
    """Mean demand of the `length` periods that end `first` periods before the last one; NaN unless all are known."""
    end = len(demand) - first
    if end < length:
        return np.full(demand.shape[1], np.nan)
    return demand[end - length : end].mean(axis=0)
