"""Who gets the demo company's goods and when: deliveries against stock, and stock by day. Deciding what to make stays out.

Deliveries are strictly first come, first served by item: a delivery leaves when all that was due before it and itself are covered by
supply that nothing later takes away. So stock never falls below zero, without a simulation day by day.
"""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.demo.demand import Lines
from sop_pipeline.demo.masters import NEVER, Catalogue
from sop_pipeline.demo.timeline import Ints, Timeline, stream

FEWEST_TO_SPLIT = 8  # smaller lines are delivered at once, larger ones in parts while goods are short
PARTS = 4


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
    parts = np.where(made_to_stock & (net >= FEWEST_TO_SPLIT), PARTS, 1)[wanted]
    line = np.repeat(wanted, parts)
    part = np.arange(len(line)) - np.repeat(parts.cumsum() - parts, parts)
    share = np.repeat(parts, parts)
    quantity = net[line] * (part + 1) // share - net[line] * part // share
    early = np.where(made_to_stock & (draw > 0.6), 1, 0)  # goods leave a day ahead of the requested day, if they can
    second_delivery = (draw < 0.04) & made_to_stock  # what the customer wants in two deliveries
    due_day = np.maximum(due - early, lines.order_day)[line] + np.where(second_delivery[line] & (part >= PARTS // 2), 9, 0)

    order = np.lexsort((part, line, due_day, lines.item[line]))
    line, quantity, due_day = line[order], quantity[order], due_day[order]
    day = np.maximum(due_day, _first_covered_day(lines.item[line], quantity, available))
    day = np.where(day < NEVER, timeline.next_working_day(np.minimum(day, len(timeline.days) - 1)), NEVER)
    day[day >= timeline.as_of_day] = NEVER
    return _with_returns(rng, timeline, _merged(line, day, quantity), lines, catalogue)


def _merged(line: Ints, day: Ints, quantity: Ints) -> Deliveries:
    """One delivery per line and day."""
    order = np.lexsort((day, line))
    line, day = line[order], day[order]
    is_first = np.ones(len(line), dtype=bool)
    is_first[1:] = (line[1:] != line[:-1]) | (day[1:] != day[:-1])
    first = np.flatnonzero(is_first)
    total = np.add.reduceat(quantity[order], first) if len(first) else quantity
    return Deliveries(line[first], day[first], total)


def _first_covered_day(item: Ints, quantity: Ints, available: Ints) -> Ints:
    """First day on which the item's stock, less all it must still give later, covers the cumulated quantity; rows sorted by item."""
    firm = np.maximum(np.minimum.accumulate(available[:, ::-1], axis=1)[:, ::-1], 0)
    total = quantity.cumsum()
    first_row = np.searchsorted(item, item)
    cumulated = total - (total - quantity)[first_row]
    step = int(max(firm.max(initial=0), cumulated.max(initial=0))) + 1
    flat = (firm + np.arange(len(firm))[:, None] * step).ravel()
    found = np.searchsorted(flat, item * step + cumulated)
    days = firm.shape[1]
    return np.where(found < (item + 1) * days, found - item * days, NEVER)


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
