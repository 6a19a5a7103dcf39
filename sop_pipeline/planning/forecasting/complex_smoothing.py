"""Complex exponential smoothing (Svetunkov et al. 2022) of many series at once. Seasonal adjustment and other models stay out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.panel import BLOCK_SERIES, Counts, Floats
from sop_pipeline.planning.forecasting.simplex_search import FEWEST_COLUMNS, minimise

SHORTEST = 5  # observations
START_PERIODS = 10  # the recursion starts from the mean of these first periods
START_POTENTIAL = 1.1  # how much smaller than the level it starts
START = np.array([1.3, 1.0])  # real and imaginary part of the smoothing constant
# With an imaginary part of 1 this is simple smoothing by the real part less 1. Below that, old errors would weigh more than new ones:
# noise without level or trend is fitted best there, by a balance so fine that a search for it hardly ever ends.
LOWEST = np.array([1.0, 0.01])
HIGHEST = np.array([1.8, 1.9])
SMALLEST_VALUE = -1e10  # of a fit without any error


def complex_smoothing(histories: Sequence[Floats], horizon: int) -> Floats:
    """Forecast each history (oldest first) by its level and the potential behind it, smoothed together; horizon x series.

    The smoothing constants are those with the smallest squared one-step errors, after the starting states have been found by running
    forward and back once. NaN for histories below five observations; a constant one stays constant. The same numbers as statsforecast's
    within these bounds, which are narrower than those of `AutoCES`.
    """
    forecast = np.full((horizon, len(histories)), np.nan)
    moving = []
    for column, history in enumerate(histories):
        if (history == history[0]).all():
            forecast[:, column] = history[0]
        elif len(history) >= SHORTEST:
            moving.append(column)
    # Longest first: at every step the series that go on are the first ones.
    order = sorted(moving, key=lambda column: -len(histories[column]))
    for start in range(0, len(order), BLOCK_SERIES):
        block = order[start : start + BLOCK_SERIES]
        padded = block + block[-1:] * (FEWEST_COLUMNS - len(block))
        forecast[:, block] = _block_forecast([histories[column] for column in padded], horizon)[:, : len(block)]
    return forecast


@dataclass(frozen=True)
class _Histories:
    """Histories from the first row down and from the last one back, longest first, with how many go on at every step."""

    forward: Floats
    backward: Floats
    lengths: Counts
    going_on: Counts
    start: Floats

    def take(self, columns: Counts) -> "_Histories":
        lengths = self.lengths[columns]
        periods = int(lengths[0])
        forward, backward = (np.ascontiguousarray(part[:periods, columns]) for part in (self.forward, self.backward))
        return _Histories(forward, backward, lengths, _going_on(lengths), np.ascontiguousarray(self.start[:, columns]))

    def __call__(self, points: Floats) -> Floats:
        """Observations times the logarithm of the squared one-step errors."""
        squared = np.square(self.walk(points)[1]).sum(axis=0)
        with np.errstate(divide="ignore"):
            return np.maximum(self.lengths * np.log(squared), SMALLEST_VALUE)

    def walk(self, points: Floats) -> tuple[Floats, Floats]:
        """Last state (level and potential x series) and one-step errors (periods x series, 0 after the end) of the second run forward."""
        state = self.start.copy()
        self._run(points, state, self.forward, None)
        state = _ahead(points, state)
        self._run(points, state, self.backward, None)
        state = _ahead(points, state)
        errors = np.zeros_like(self.forward)
        self._run(points, state, self.forward, errors)
        return state, errors

    def _run(self, points: Floats, state: Floats, values: Floats, errors: Floats | None) -> None:
        """Move the states along the values, in place."""
        damping, gain = _damping(points), np.array([points[0] - points[1], points[0] + points[1]])
        carried, corrected, error = np.empty_like(state), np.empty_like(state), np.empty(state.shape[1])
        for period, (value, count) in enumerate(zip(values, self.going_on.tolist(), strict=True)):
            if count < state.shape[1]:
                state, carried, corrected = state[:, :count], carried[:, :count], corrected[:, :count]
                damping, gain, error = damping[:, :count], gain[:, :count], error[:count]
            np.subtract(value[:count], state[0], out=error)
            np.multiply(damping, state[1], out=carried)
            carried += state[0]
            np.multiply(gain, error, out=corrected)
            np.add(carried, corrected, out=state)
            if errors is not None:
                errors[period, :count] = error


def _damping(points: Floats) -> Floats:
    """What the potential adds to the next level and the next potential, per unit."""
    return np.array([points[1] - 1, 1 - points[0]])


def _ahead(points: Floats, state: Floats) -> Floats:
    """The next state if the next value is the one that is expected."""
    return _damping(points) * state[1] + state[0]


def _going_on(lengths: Counts) -> Counts:
    """How many of the series, longest first, have a value at every step."""
    return np.searchsorted(-lengths, -np.arange(1, int(lengths[0]) + 1), side="right")


def _block_forecast(histories: Sequence[Floats], horizon: int) -> Floats:
    block = _block(histories)
    points = minimise(block, np.repeat(START[:, None], len(histories), axis=1), LOWEST, HIGHEST)
    state, _ = block.walk(points)
    forecast = np.empty((horizon, len(histories)))
    for step in range(horizon):
        forecast[step] = state[0]
        state = _ahead(points, state)
    return forecast


def _block(histories: Sequence[Floats]) -> _Histories:
    lengths = np.array([len(history) for history in histories])
    forward = np.zeros((int(lengths[0]), len(histories)))
    backward = np.zeros_like(forward)
    for column, history in enumerate(histories):
        forward[: len(history), column] = history
        backward[: len(history), column] = history[::-1]
    level = np.array([history[:START_PERIODS].mean() for history in histories])
    return _Histories(forward, backward, lengths, _going_on(lengths), np.array([level, level / START_POTENTIAL]))
