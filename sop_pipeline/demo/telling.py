"""How findings about a demo company are put into figures: totals, backlogs, percentages. No finding is told here."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from sop_pipeline.demo.flows import Flows
from sop_pipeline.demo.masters import Family
from sop_pipeline.demo.world import World

Finding = tuple[str, str]  # a headline and the sentences below it
Tale = Callable[[World, Flows], Finding | None]  # None where the company is too small to have it


def month_name(world: World, offset: int) -> str:
    return str(world.timeline.months[world.now + offset])


def family_total(world: World, family: Family, by_item: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A family's total in planning units, by month."""
    units = world.catalogue.items.planning_units[family.items]
    return np.asarray((by_item[family.items] * units[:, None]).sum(axis=0))


def undelivered(world: World, family: Family, *, past_due: bool) -> int:
    waiting = world.deliveries.day >= world.timeline.as_of_day
    line, quantity = world.deliveries.line[waiting], world.deliveries.quantity[waiting]
    item = world.lines.item[line]
    mine = (item >= family.first_item) & (item < family.first_item + family.item_count)
    if past_due:
        mine &= world.lines.promised_day[line] < world.timeline.as_of_day
    return int((quantity[mine] * world.catalogue.items.planning_units[item[mine]]).sum())


def weeks_of_backlog(world: World, flows: Flows, family: Family) -> float:
    weekly = family_total(world, family, flows.booked)[-12:].sum() / 52
    return float(undelivered(world, family, past_due=False) / max(weekly, 1e-9))


def percent(value: float, decimals: int = 0) -> str:
    return f"{100 * value:.{decimals}f} %"
