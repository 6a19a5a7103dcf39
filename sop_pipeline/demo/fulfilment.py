"""Who gets the demo company's goods and when: deliveries against stock, and stock by day. Deciding what to make stays out.

Deliveries are strictly first come, first served by item: a delivery leaves when all that was due before it and itself are covered by
supply that nothing later takes away. So stock never falls below zero, without a simulation day by day.
"""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.demo.demand import Lines
from sop_pipeline.demo.masters import NEVER, Catalogue
from sop_pipeline.demo.timeline import Flags, Ints, Timeline, stream

FEWEST_TO_SPLIT = 8  # smaller lines are never ordered in two deliveries


@dataclass(frozen=True)
class Events:
    """Changes of stock: item number, day number, signed quantity."""

    item: Ints
    day: Ints
    quantity: Ints


@dataclass(frozen=True)
class Deliveries:
    """Deliveries of order lines; `day` is NEVER while they wait. Returns are deliveries with a negative quantity."""

    line: Ints
    day: Ints
    quantity: Ints

    def __len__(self) -> int:
        return len(self.line)


def balance_by_day(opening: Ints, events: list[Events], days: int) -> Ints:
    """Stock at the close of every day by item, from the opening and all events."""
    stock = np.zeros((len(opening), days), dtype=np.int64)
    for event in events:
        np.add.at(stock, (event.item, event.day), event.quantity)
    stock.cumsum(axis=1, out=stock)
    stock += opening[:, None]
    return stock


def deliver(timeline: Timeline, catalogue: Catalogue, lines: Lines, *, complete: Ints, available: Ints, seed: int) -> Deliveries:
    """Deliveries of all lines. `available`: stock by item and day before any delivery; `complete`: day a line made to order is complete."""
    rng = stream(seed, "deliveries")
    net = lines.quantity - lines.cancelled
    wanted = np.flatnonzero(net > 0)
    due = np.where(complete < NEVER, timeline.next_working_day(np.minimum(complete, len(timeline.days) - 2) + 1), lines.requested_day)
    draw = rng.uniform(0, 1, len(lines))
    made_to_stock = complete == NEVER
    second = np.where((draw < 0.04) & made_to_stock & (net >= FEWEST_TO_SPLIT), net // 2, 0)  # wanted in two deliveries
    later = np.flatnonzero(second)
    line = np.concatenate([wanted, later])
    quantity = np.concatenate([(net - second)[wanted], second[later]])
    early = np.where(made_to_stock & (draw > 0.6), 1, 0)  # goods leave a day ahead of the requested day, if they can
    due_day = np.maximum(due - early, lines.order_day)
    due_day = np.concatenate([due_day[wanted], due_day[later] + 9])

    order = np.lexsort((line, due_day, lines.item[line]))
    line, quantity, due_day = line[order], quantity[order], due_day[order]
    row, quantity, covered_day = _covered(lines.item[line], quantity, ~made_to_stock[line], available)
    day = np.maximum(due_day[row], covered_day)
    day = np.where(day < NEVER, timeline.next_working_day(np.minimum(day, len(timeline.days) - 1)), NEVER)
    day[day >= timeline.as_of_day] = NEVER
    return _with_returns(rng, timeline, _merged(line[row], day, quantity), lines, catalogue)


def _merged(line: Ints, day: Ints, quantity: Ints) -> Deliveries:
    """One delivery per line and day."""
    order = np.lexsort((day, line))
    line, day = line[order], day[order]
    is_first = np.ones(len(line), dtype=bool)
    is_first[1:] = (line[1:] != line[:-1]) | (day[1:] != day[:-1])
    first = np.flatnonzero(is_first)
    total = np.add.reduceat(quantity[order], first) if len(first) else quantity
    return Deliveries(line[first], day[first], total)


def _covered(item: Ints, quantity: Ints, is_whole: Flags, available: Ints) -> tuple[Ints, Ints, Ints]:
    """Pieces of rows (sorted by item), each with its row, its quantity and the first day on which it is covered.

    A row is cut where the supply of its item runs out for a while, so that what is there leaves; `is_whole` rows are never cut. Covered
    is what the item's stock, less all it must still give later, holds beside the rows before.
    """
    firm = np.maximum(np.minimum.accumulate(available[:, ::-1], axis=1)[:, ::-1], 0)
    total = quantity.cumsum()
    cumulated = total - (total - quantity)[np.searchsorted(item, item)]
    step = int(max(firm.max(initial=0), cumulated.max(initial=0))) + 1
    flat = (firm + np.arange(len(firm))[:, None] * step).ravel()
    level = flat[np.flatnonzero(np.diff(flat, prepend=-1))]
    end = item * step + cumulated
    first = np.searchsorted(level, end - quantity, side="right")
    pieces = np.where(is_whole, 1, np.searchsorted(level, end, side="left") - first + 1)
    row = np.repeat(np.arange(len(item)), pieces)
    piece = np.arange(len(row)) - np.repeat(pieces.cumsum() - pieces, pieces)
    cut = first[row] + piece
    upper = np.where(piece == pieces[row] - 1, end[row], level[np.minimum(cut, len(level) - 1)])
    lower = np.where(piece == 0, (end - quantity)[row], level[np.maximum(cut - 1, 0)])
    found = np.searchsorted(flat, upper)
    days = firm.shape[1]
    return row, upper - lower, np.where(found < (item[row] + 1) * days, found - item[row] * days, NEVER)


def _with_returns(rng: np.random.Generator, timeline: Timeline, deliveries: Deliveries, lines: Lines, catalogue: Catalogue) -> Deliveries:
    """A few deliveries come back, in part, weeks later."""
    to_stock = catalogue.is_made_to_stock[lines.item[deliveries.line]]
    back = timeline.next_working_day(np.minimum(deliveries.day, len(timeline.days) - 60) + 20)
    returned = (rng.uniform(0, 1, len(deliveries)) < 0.004) & to_stock & (back < timeline.as_of_day) & (deliveries.quantity > 2)
    some = np.flatnonzero(returned)
    return Deliveries(
        line=np.concatenate([deliveries.line, deliveries.line[some]]),
        day=np.concatenate([deliveries.day, back[some]]),
        quantity=np.concatenate([deliveries.quantity, -np.maximum(deliveries.quantity[some] // 4, 1)]),
    )
