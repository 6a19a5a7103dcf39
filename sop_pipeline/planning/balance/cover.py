"""Walking forward over future quantities: how long a stock lasts, what stock lasts so long. Where quantities come from stays out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class ForwardWalk:
    """Future quantities and working days of one family, period by period; after the last period its last `season` periods repeat.

    The walk of a period's close begins with the period after it: the average of the past plays no part.
    """

    def __init__(self, quantity: Floats, working_days: Floats, season: int) -> None:
        if len(quantity) != len(working_days) or not 0 < season <= len(quantity):
            raise ValueError(
                f"a walk needs a working-day number for each of {len(quantity)} quantities (got {len(working_days)}) "
                f"and a season of 1 to {len(quantity)} periods (got {season})"
            )
        self._quantity = np.concatenate([[0.0], np.cumsum(quantity)])
        self._days = np.concatenate([[0.0], np.cumsum(working_days)])
        self._cycle_start = len(quantity) - season
        self._cycle_quantity = float(self._quantity[-1] - self._quantity[self._cycle_start])
        self._cycle_days = float(self._days[-1] - self._days[self._cycle_start])

    def days_covered(self, closing_quantity: Floats) -> Floats:
        """Working days until the closing stock of periods 0, 1, … is used up; NaN where nothing ever uses it."""
        after = np.arange(1, len(closing_quantity) + 1)
        wanted = self._quantity[after] + closing_quantity
        beyond = wanted - self._quantity[-1]
        repeats = beyond > 0
        with np.errstate(divide="ignore", invalid="ignore"):
            # Whole cycles before the one in which the stock ends: what is used up exactly ends at the end of its cycle.
            cycles = np.where(repeats, np.ceil(beyond / self._cycle_quantity) - 1.0, 0.0)
        start = self._quantity[self._cycle_start]
        rest = np.clip(beyond - np.nan_to_num(cycles) * self._cycle_quantity, np.spacing(start), self._cycle_quantity)
        inside = np.where(repeats, start + rest, wanted)
        # A period without demand is walked through as long as anything is left; what is used up exactly ends at the first such day.
        end = np.clip(np.searchsorted(self._quantity, inside, side="left"), 1, len(self._quantity) - 1)
        start_quantity, end_quantity = self._quantity[end - 1], self._quantity[end]
        share = np.divide(
            inside - start_quantity, end_quantity - start_quantity, out=np.zeros_like(inside), where=end_quantity > start_quantity
        )
        at = self._days[end - 1] + share * (self._days[end] - self._days[end - 1])
        at = np.where(repeats, self._days[-1] - self._days[self._cycle_start] + at + cycles * self._cycle_days, at)
        never = repeats & (self._cycle_quantity <= 0)
        return np.where(closing_quantity <= 0, 0.0, np.where(never, np.nan, np.maximum(0.0, at - self._days[after])))

    def quantity_for(self, days: Floats) -> Floats:
        """Quantity that the next so many working days after the close of periods 0, 1, … take; NaN stays NaN."""
        after = np.arange(1, len(days) + 1)
        wanted = self._days[after] + days
        beyond = np.maximum(0.0, wanted - self._days[-1])
        cycles = np.floor(beyond / self._cycle_days)
        inside = np.where(beyond > 0, self._days[self._cycle_start] + beyond - cycles * self._cycle_days, wanted)
        taken = np.interp(inside, self._days, self._quantity)
        taken = np.where(beyond > 0, self._cycle_quantity * (1.0 + cycles) + taken, taken)
        return taken - self._quantity[after]


def extend_by_season(planned: Floats, history: Floats, working_days: Floats, season: int) -> Floats:
    """Fill unknown planned periods and add one season: each takes the quantity of a season before.

    `planned`: families × planned periods, NaN unknown; `history`: families × the season before them, NaN unknown; `working_days`:
    families × (planned periods + season). Where a season before nothing is known either, the family's mean daily planned quantity
    × working days, 0 without any.
    """
    count = planned.shape[1]
    is_known = ~np.isnan(planned)
    days_known = np.where(is_known, working_days[:, :count], 0.0).sum(axis=1)
    rate = np.divide(np.nansum(planned, axis=1), days_known, out=np.zeros_like(days_known), where=days_known > 0)
    line = np.concatenate([history, planned, np.full((len(planned), season), np.nan)], axis=1)
    for period in range(count + season):
        position = season + period
        fallback = np.where(np.isnan(line[:, period]), rate * working_days[:, period], line[:, period])
        line[:, position] = np.where(np.isnan(line[:, position]), fallback, line[:, position])
    return line[:, season:]
