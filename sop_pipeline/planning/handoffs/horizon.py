"""The periods that are handed off and the days in them. What is planned in them stays out."""

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.demand_grid import planned_periods

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Horizon:
    """Periods of the horizon, the current one first: T of them, and the look-ahead after them."""

    starts: pl.Series  # T
    look_ahead: pl.Series
    need_day: Positions  # T: days since 1970-01-01; the middle of what is left of each period stands for all of it
    as_of_day: int
    remaining_ratio: float
    days_per_period: float

    @property
    def count(self) -> int:
        return len(self.starts)

    def begun(self, lead_days: Positions) -> Positions:
        """Per lead in calendar days and period: where a lead that ends in the period begins; −1 = before the as-of date. K × T.

        Every period is moved by as many periods, the nearest to the lead: by the calendar one would now and then hold the orders of two.
        """
        day = self.need_day[None, :] - lead_days[:, None]
        whole = np.round(lead_days / self.days_per_period).astype(np.int64)
        return np.where(day < self.as_of_day, -1, np.maximum(np.arange(self.count) - whole[:, None], 0))

    def ahead(self, quantity: Floats, offset_periods: int) -> Floats:
        """What is needed in each period (last axis) for completions so many periods later; the last period stands for those beyond.

        Needs of the current period for later completions fall on the whole of it: `remaining_ratio` of them are still to come.
        """
        if offset_periods == 0:
            return quantity
        needed = quantity[..., np.minimum(np.arange(self.count) + offset_periods, self.count - 1)]
        needed[..., 0] *= self.remaining_ratio
        return needed

    def grid(self, frame: pl.DataFrame, column: str, row: Positions, rows: int) -> Floats:
        """Rows × periods of a column; `row` is the row of each line of the frame; lines of other periods are left out, missing ones 0."""
        position = period_positions(frame, self.starts)
        inside = position >= 0
        cells = row[inside] * self.count + position[inside]
        values = frame[column].cast(pl.Float64).fill_null(0.0).to_numpy()[inside]
        sums: Floats = np.bincount(cells, values, minlength=rows * self.count).astype(np.float64)
        return sums.reshape(rows, self.count)


def horizon_of(periods: pl.DataFrame, as_of_date: dt.date) -> Horizon:
    """Lay out core.periods from the current one on."""
    planned = planned_periods(periods)
    shown = planned.filter(pl.col("period_kind") != "look_ahead")
    as_of_day = (as_of_date - dt.date(1970, 1, 1)).days
    first = shown["period_start"].to_physical().to_numpy().astype(np.int64)
    last = shown["period_end"].to_physical().to_numpy().astype(np.int64)
    return Horizon(
        starts=shown["period_start"],
        look_ahead=planned.filter(pl.col("period_kind") == "look_ahead")["period_start"],
        need_day=(np.maximum(first, as_of_day) + last) // 2,
        as_of_day=as_of_day,
        remaining_ratio=float(planned["remaining_ratio"][0]),
        days_per_period=365.0 / float(planned["season_length_periods"][0]),
    )


def period_positions(frame: pl.DataFrame, starts: pl.Series) -> Positions:
    """Position of each line's period among `starts`, −1 where it is none of them."""
    wanted = frame["period_start"].to_physical().to_numpy()
    known = starts.to_physical().to_numpy()
    position = np.searchsorted(known, wanted)
    found = known[np.minimum(position, known.size - 1)] == wanted
    return np.where(found, position, -1).astype(np.int64)
