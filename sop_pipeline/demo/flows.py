"""What happened in the demo company, totalled by item and month: what finance controls and the story is told from. No text here."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.demo.timeline import Flags, Ints
from sop_pipeline.demo.world import World, delivered, lots_done

SUBCONTRACTED_ITEMS = 5  # the first garden pumps may be made outside
SUBCONTRACT_MONTHS = (-19, -18, -7, -6)  # in the peaks of two seasons some of them were


@dataclass(frozen=True)
class Flows:
    """By item and month of the history, in the item's unit; `stock` is that of month ends, with the opening in front."""

    demanded: Ints
    booked: Ints
    shipped: Ints
    produced: Ints
    received: Ints
    stock: Ints


def flows_by_month(world: World) -> Flows:
    lines, timeline, now = world.lines, world.timeline, world.now
    net = np.where(lines.order_type == "standard", lines.quantity - lines.cancelled, 0)
    gone, lots = delivered(world), lots_done(world, done=True)
    is_received = world.catalogue.is_bought[lots.item] | is_subcontracted(world, lots.item, lots.day)

    def total(item: Ints, day: Ints, quantity: Ints) -> Ints:
        by_month = np.zeros((len(world.catalogue.items), len(timeline.months)), dtype=np.int64)
        np.add.at(by_month, (item, timeline.month_of_day[day]), quantity)
        return by_month[:, :now]

    return Flows(
        demanded=total(lines.item, lines.requested_day, net),
        booked=total(lines.item, lines.order_day, net),
        shipped=total(lines.item[gone.line], gone.day, gone.quantity),
        produced=total(lots.item, lots.day, np.where(is_received, 0, lots.good)),
        received=total(lots.item, lots.day, np.where(is_received, lots.good, 0)),
        stock=month_end_stock(world),
    )


def month_end_stock(world: World) -> Ints:
    """Stock of items at the start of the history and at each month end."""
    return np.concatenate([world.opening[:, None], world.stock[:, world.timeline.last_day_of_month[: world.now]]], axis=1)


def is_subcontracted(world: World, item: Ints, day: Ints) -> Flags:
    """Lots of the first garden pumps that a subcontractor made: receipts of made items, not production."""
    garden = world.catalogue.family_of("GARDEN")
    if garden is None:
        return np.zeros(len(item), dtype=bool)
    months = world.now + np.array(SUBCONTRACT_MONTHS)
    position = item - garden.first_item
    return np.asarray(
        (position >= 0) & (position < min(SUBCONTRACTED_ITEMS, garden.item_count)) & np.isin(world.timeline.month_of_day[day], months)
    )
