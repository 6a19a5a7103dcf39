"""Families that feed families: the order to plan them in, and what the production of one takes of another. Their own plans stay out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def planning_order(family_ids: list[str], family_usage: pl.DataFrame) -> tuple[list[str], dict[str, set[str]]]:
    """Order the families so that whoever consumes is planned before whoever supplies it.

    Of families that feed each other in a circle one is planned before its consumers; second result: such families with the consumers
    planned after them, whose issues they cannot know. Usage of a family by itself counts as such.
    """
    pairs = sorted(set(family_usage.select("family_id", "component_family_id").iter_rows()))
    consumers: dict[str, set[str]] = {family: set() for family in family_ids}
    for consumer, supplier in pairs:
        if supplier in consumers and consumer in consumers:
            consumers[supplier].add(consumer)
    order: list[str] = []
    unknown: dict[str, set[str]] = {}
    waiting = sorted(family_ids)
    planned: set[str] = set()
    while waiting:
        ready = [family for family in waiting if consumers[family] <= planned]
        if not ready:
            ready = [_on_a_circle(waiting[0], consumers, planned)]
            unknown[ready[0]] = consumers[ready[0]] - planned
        order += ready
        planned.update(ready)
        waiting = [family for family in waiting if family not in planned]
    return order, unknown


def _on_a_circle(start: str, consumers: dict[str, set[str]], planned: set[str]) -> str:
    """Follow unplanned consumers until one comes round again."""
    seen: set[str] = set()
    family = start
    while family not in seen:
        seen.add(family)
        family = min(consumers[family] - planned)
    return family


def shift_back(quantity: Floats, offset_periods: int, remaining_ratio: float) -> Floats:
    """What is needed in each period (last axis) for the completions `offset_periods` later; the last period stands for those beyond.

    Needs of the current period (position 0) for later completions fall on the whole of it: `remaining_ratio` of them are still to come.
    """
    if offset_periods == 0:
        return quantity
    count = quantity.shape[-1]
    needed = np.take(quantity, np.minimum(np.arange(count) + offset_periods, count - 1), axis=-1)
    needed[..., 0] *= remaining_ratio
    return needed


def extend_at_mean_rate(planned: Floats, days_planned: Floats, days_ahead: Floats, season: int) -> Floats:
    """Planned quantities of one family, then what its mean daily rate over the last season of them gives for the days after."""
    last = min(season, len(planned))
    days = float(days_planned[-last:].sum())
    rate = float(planned[-last:].sum()) / days if days > 0 else 0.0
    return np.concatenate([planned, rate * days_ahead])
