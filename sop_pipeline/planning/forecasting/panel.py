"""The array form of many histories that every model of this package works on.

Frames, corrections and model choice stay out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]
Value = TypeVar("Value", bound=np.generic)

# Recursions walk a block of series at a time: a few hundred columns of states stay in the processor's second-level cache.
BLOCK_SERIES = 512


@dataclass(frozen=True)
class Panel:
    """Histories side by side: `values[t, i]` is the demand of series i in period t, in the unit of the series.

    The last row is the last closed period of every series; rows before a series began are NaN, no other cell is. Time
    runs down the rows so that sums over time add one row after the other: the result for a series then depends
    neither on which neighbours it has nor on how long they are.
    """

    series_ids: tuple[str, ...]
    values: Floats

    def __post_init__(self) -> None:
        if self.values.shape[1] != len(self.series_ids):
            raise ValueError(f"{len(self.series_ids)} series ids for {self.values.shape[1]} columns of values: they must pair up")

    @property
    def periods(self) -> int:
        return int(self.values.shape[0])

    @property
    def lengths(self) -> Counts:
        """Observations per series, from its first period to the last closed one."""
        return np.isfinite(self.values).sum(axis=0)

    def take(self, columns: npt.NDArray[np.int64]) -> "Panel":
        """The series at these positions, without the leading rows that none of them needs."""
        values = take_series(self.values, columns)
        present = np.isfinite(values).any(axis=1)
        start = int(present.argmax()) if present.any() else self.periods
        return Panel(tuple(self.series_ids[i] for i in columns), np.ascontiguousarray(values[start:]))

    def until(self, periods_back: int) -> "Panel":
        """The panel as it stood `periods_back` periods ago."""
        return Panel(self.series_ids, self.values[: max(self.periods - periods_back, 0)])


def stack(series_ids: Sequence[str], histories: Sequence[Floats]) -> Panel:
    """Right-align histories of different lengths, oldest value first, into one panel."""
    periods = max((len(history) for history in histories), default=0)
    values = np.full((periods, len(histories)), np.nan)
    for i, history in enumerate(histories):
        values[periods - len(history) :, i] = history
    return Panel(tuple(series_ids), values)


def take_series(values: npt.NDArray[Value], columns: npt.NDArray[np.int64] | Flags) -> npt.NDArray[Value]:
    """The series at these columns, in memory row after row: plain indexing would lay them out series by series and sum them otherwise."""
    return np.ascontiguousarray(values[:, columns])


def known_median(cells: Floats) -> Floats:
    """Median along the last axis of the cells that are known; NaN where none is."""
    if not cells.shape[-1]:
        return np.full(cells.shape[:-1], np.nan)
    ordered = np.sort(cells, axis=-1)  # NaN sorts last
    last = np.maximum(np.isfinite(cells).sum(axis=-1) - 1, 0)
    low, high = (np.take_along_axis(ordered, position[..., None], axis=-1)[..., 0] for position in (last // 2, (last + 1) // 2))
    return 0.5 * low + 0.5 * high
