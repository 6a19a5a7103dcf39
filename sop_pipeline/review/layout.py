"""Which worksheet column holds which column of the review sheet, and the totals beside them. Cells and formats stay out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sop_pipeline.review.grid import Column

LABEL, UNIT, FIRST = 0, 1, 2
PRINTED_HISTORY = 3
TOTALLED_PERIODS = 12


@dataclass(frozen=True)
class TotalColumn:
    """A total of consecutive columns of the sheet."""

    title: str
    place: int
    orders: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """Worksheet columns: totals of the past, the past, the current period three times, the next periods and their total, the rest."""

    columns: tuple[Column, ...]
    places: dict[int, int]
    totals: tuple[TotalColumn, ...]
    folded: tuple[int, ...]  # worksheet columns that open on demand
    last_printed: int
    width: int

    def kind_of(self, place: int) -> str | None:
        """Kind of the column at a worksheet place; None for totals."""
        return next((column.kind for column in self.columns if self.places[column.order] == place), None)


def lay_out(columns: Sequence[Column], *, is_first_day: bool) -> Layout:
    """Place the columns. `is_first_day`: nothing has passed of the current period, so to date and to go are folded away."""
    history = [column.order for column in columns if column.kind == "history"]
    current = [column.order for column in columns if column.kind in ("to_date", "remainder")]
    planned = [column.order for column in columns if column.kind in ("current", "horizon")]
    near, far = planned[:TOTALLED_PERIODS], planned[TOTALLED_PERIODS:]
    places: dict[int, int] = {}
    totals: list[TotalColumn] = []
    place = FIRST
    if history:
        totals.append(TotalColumn(f"Last {len(history)}", place, tuple(history)))
        place += 1
    for order in [*history, *current, *near]:
        places[order] = place
        place += 1
    totals.append(TotalColumn(f"Next {len(near)}", place, tuple(near)))
    last_printed = place
    place += 1
    for order in far:
        places[order] = place
        place += 1
    if far:
        totals.append(TotalColumn("Horizon", place, tuple(planned)))
        place += 1
    folded = [places[order] for order in history[:-PRINTED_HISTORY]] + ([places[order] for order in current] if is_first_day else [])
    return Layout(tuple(columns), places, tuple(totals), tuple(folded), last_printed, place)
