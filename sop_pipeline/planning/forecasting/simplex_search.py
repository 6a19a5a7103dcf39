"""Minimises one function of a few parameters for many series at once (Nelder and Mead 1965). What is minimised stays with the caller."""

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np

from sop_pipeline.planning.forecasting.panel import Counts, Flags, Floats

FIRST_STEP = 0.05  # relative
SPREAD_TO_STOP = 1e-4  # standard deviation of the function over the corners
MOST_ROUNDS = 1000
FEWEST_COLUMNS = 8  # a function of one column would sum it in another order than the same series among others
WORTH_LEAVING_OUT = 0.8  # finished series are carried along until so many are left: cutting columns costs as much as a round


class Objective(Protocol):
    """A function of parameters for each of its series."""

    def __call__(self, points: Floats) -> Floats:
        """Value per series at `points` (parameters x series)."""

    def take(self, columns: Counts) -> Self:
        """The same function for the series at these columns only; they come in order, the last one perhaps several times."""


@dataclass
class _Search:
    """Corners (corner x parameter x series), their values (corner x series) and the bounds (parameter x 1)."""

    corners: Floats
    values: Floats
    lower: Floats
    upper: Floats

    def take(self, columns: Counts) -> "_Search":
        return _Search(self.corners[:, :, columns], self.values[:, columns], self.lower, self.upper)

    def lowest(self) -> Floats:
        """The corner of each series where its function is smallest (parameters x series)."""
        return self.corners[self.values.argmin(axis=0), :, np.arange(self.values.shape[1])].T

    def within(self, points: Floats) -> Floats:
        return np.clip(points, self.lower, self.upper)


def minimise(objective: Objective, start: Floats, lower: Floats, upper: Floats) -> Floats:
    """Parameters (parameters x series) at which each series' function is smallest, searched from `start` within the bounds.

    `start`: parameters x series; `lower`, `upper`: one bound per parameter. Steps depend on the number of parameters (Gao and Han 2012).
    A series whose function is not a number stays a first step from `start`. The rules are those of statsforecast to the last comparison,
    as that fits the same models on a cluster, and both must agree. Series do not influence each other.
    """
    search = _first_simplex(objective, start, lower[:, None], upper[:, None])
    found = search.corners[0].copy()
    columns = np.arange(start.shape[1])
    for _ in range(MOST_ROUNDS):
        running = search.values.std(axis=0) >= SPREAD_TO_STOP
        found[:, columns] = search.lowest()
        if not running.any():
            return found
        if running.sum() <= WORTH_LEAVING_OUT * len(columns) and len(columns) > FEWEST_COLUMNS:
            kept = _kept(running)
            objective, search, columns, running = objective.take(kept), search.take(kept), columns[kept], running[kept]
        _round(objective, search, running)
    found[:, columns] = search.lowest()
    return found


def _first_simplex(objective: Objective, start: Floats, low: Floats, high: Floats) -> _Search:
    corners = np.repeat(np.clip(start, low, high)[None], len(start) + 1, axis=0)
    for i in range(len(start)):
        corners[i, i] = np.clip(corners[i, i] * (1 + FIRST_STEP), low[i], high[i])
    return _Search(corners, np.array([objective(corner) for corner in corners]), low, high)


def _kept(running: Flags) -> Counts:
    """The running series, and as many finished ones as are needed for `FEWEST_COLUMNS`."""
    first_running = np.argsort(~running, kind="stable")
    return np.sort(first_running[: max(int(running.sum()), FEWEST_COLUMNS)])


def _round(objective: Objective, search: _Search, running: Flags) -> None:
    """Move the worst corner of each running series, or shrink its simplex toward the best."""
    corners, values = search.corners, search.values
    count = len(corners) - 1
    expand, contract, shrink = 1 + 2 / count, 0.75 - 1 / (2 * count), 1 - 1 / count
    series = np.arange(values.shape[1])
    order = np.argsort(values, axis=0, kind="stable")
    best, second_worst, worst = order[0], order[-2], order[-1]
    lowest, second_highest, highest = values[best, series], values[second_worst, series], values[worst, series]
    worst_corner = corners[worst, :, series].T
    centre = (corners.sum(axis=0) - worst_corner) / count
    reflected = search.within(centre + (centre - worst_corner))
    reflected_value = objective(reflected)
    is_best = reflected_value < lowest
    is_good = (lowest <= reflected_value) & (reflected_value < second_highest)
    is_outside = (second_highest <= reflected_value) & (reflected_value < highest)
    reach = np.where(is_best, expand, np.where(is_outside, contract, -contract))
    second = search.within(centre + reach * (reflected - centre))
    second_value = objective(second)
    takes_second = np.where(
        is_best, second_value < reflected_value, np.where(is_outside, second_value <= reflected_value, second_value < highest)
    )
    takes_second &= ~is_good
    takes_reflected = is_good | (is_best & ~takes_second)
    moved = running & (takes_second | takes_reflected)
    new_corner = np.where(takes_second, second, reflected)
    corners[worst[moved], :, series[moved]] = new_corner[:, moved].T
    values[worst[moved], series[moved]] = np.where(takes_second, second_value, reflected_value)[moved]
    shrinking = np.flatnonzero(running & ~moved)
    if len(shrinking):
        _shrink(objective, search, shrinking, shrink)


def _shrink(objective: Objective, search: _Search, shrinking: Counts, share: float) -> None:
    padded = np.concatenate([shrinking, np.repeat(shrinking[-1:], max(FEWEST_COLUMNS - len(shrinking), 0))])
    part = objective.take(padded)
    best = search.take(padded).lowest()
    for corner in range(len(search.corners)):
        nearer = search.within(best + share * (search.corners[corner][:, padded] - best))
        value = part(nearer)
        search.corners[corner][:, shrinking] = nearer[:, : len(shrinking)]
        search.values[corner, shrinking] = value[: len(shrinking)]
