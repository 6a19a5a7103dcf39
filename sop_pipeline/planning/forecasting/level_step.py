"""The one clear step of a level, as after a change of assortment: found, and taken out. Seasons and trends stay out."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.panel import Counts, Floats

CLEAR_SHARE = 0.9  # of the squared seasonal differences; a steady trend reaches 2/3 at most, and many a jump in between goes back


@dataclass(frozen=True)
class LevelSteps:
    """Per series: how many periods of history follow the step (0 where there is none) and its size in logs."""

    periods_since: Counts
    size: Floats


def find_level_steps(logs: Floats, season_length: int) -> LevelSteps:
    """Find in each log series (periods x series, NaN before the start) the step that explains most, where it is clear.

    A step leaves its size in the seasonal differences of one season and nothing in the others, whatever the season. The stretch that
    explains the largest part of their sum of squares is the step if that part is `CLEAR_SHARE` or more. Half a season of differences
    must lie inside the stretch and half a season outside, so a history below two and a half seasons has none.
    """
    series = logs.shape[1]
    none = LevelSteps(np.zeros(series, dtype=np.int64), np.zeros(series))
    half = season_length // 2
    if len(logs) < 2 * season_length + half:
        return none
    differences = logs[season_length:] - logs[:-season_length]
    known = np.isfinite(differences)
    differences = np.where(known, differences, 0.0)
    sums, counts, squares = (
        np.concatenate([np.zeros((1, series)), np.cumsum(part, axis=0)]) for part in (differences, known, differences**2)
    )
    starts = np.arange(len(differences) - half + 1)
    ends = np.minimum(starts + season_length, len(differences))
    inside = counts[ends] - counts[starts]
    total = sums[ends] - sums[starts]
    long_enough = counts[-1] >= season_length + half
    possible = long_enough & known[starts] & (inside >= half) & (counts[-1] - inside >= half)
    explained = np.where(possible, total**2 / np.maximum(inside, 1.0), 0.0)
    start = explained.argmax(axis=0)
    column = np.arange(series)
    clear = (explained[start, column] > 0) & (explained[start, column] >= CLEAR_SHARE * squares[-1])
    size = total[start, column] / np.maximum(inside[start, column], 1.0)
    return LevelSteps(np.where(clear, len(differences) - start, 0), np.where(clear, size, 0.0))


def without_steps(logs: Floats, steps: LevelSteps) -> Floats:
    """The log series with what came before its step lifted to the level after it."""
    age = np.arange(len(logs) - 1, -1, -1)[:, None]
    return np.where(age >= steps.periods_since, logs + steps.size, logs)
