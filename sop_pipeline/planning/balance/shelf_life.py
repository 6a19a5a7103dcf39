"""How long the stock of families keeps: of what is made, of what is there, and what spoils. What is made of it is the plan's."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.cover import ForwardWalk
from sop_pipeline.planning.balance.inputs import Axes
from sop_pipeline.planning.balance.opening import Opening
from sop_pipeline.planning.demand_grid import positions

Floats = NDArray[np.float64]

SUPPLY_FLOWS = ("production", "subcontract", "purchase")


@dataclass(frozen=True)
class ShelfLife:
    """Per family (F) and period of the horizon (H). What is made in a period is good for `periods` period ends, 0 = it does not spoil."""

    periods: NDArray[np.int64]  # F
    fresh_opening: Floats  # F × H, planning units: of the opening stock, what is still good at the end where nobody has taken it
    is_age_unknown: NDArray[np.bool_]  # F: stock that no receipt explains


def read_shelf_life(axes: Axes, family_item_limits: pl.DataFrame | None, family_history: pl.DataFrame, opening: Opening) -> ShelfLife:
    """Shelf lives of `core.family_item_limits`, and how much of the opening stock keeps how long, first in, first out.

    The stock is what came in last, period by period back through `core.family_history`: what is older than that is past its life. Of a
    family that no receipt is known of, the stock is taken as half through its life.
    """
    count = len(axes.family_position)
    life = np.zeros(count, dtype=np.int64)
    if family_item_limits is not None:
        rows = family_item_limits.filter(pl.col("shelf_life_periods").is_not_null())
        life[positions(rows, "family_id", axes.family_position, "core.family_item_limits")] = rows["shelf_life_periods"].to_numpy()
    fresh, unknown = np.zeros((count, axes.horizon)), np.zeros(count, dtype=bool)
    if not life.any():
        return ShelfLife(life, fresh, unknown)
    past = int((axes.periods["position"] < 0).sum())
    received = sum(
        (
            axes.grid(family_history, f"{flow}_quantity", "core.family_history", missing=0.0, first=-past, count=past)
            for flow in SUPPLY_FLOWS
        ),
        np.zeros((count, past)),
    )
    to_date = np.sum([opening.to_date[flow] for flow in SUPPLY_FLOWS], axis=0)
    newest = np.maximum(np.concatenate([received, to_date[:, None]], axis=1)[:, ::-1], 0.0)
    unknown = (life > 0) & (opening.stock > 0) & ~newest.any(axis=1)
    # What nobody saw come in came in before the first period that is known.
    before = np.full((count, 1), np.inf)
    came_in = np.concatenate([np.zeros((count, 1)), np.cumsum(newest, axis=1), before], axis=1)
    # Received `age` periods before this one, a unit is good at the ends of periods 0 … life − 1 − age.
    ages = np.clip(life[:, None] - np.arange(axes.horizon), 0, newest.shape[1] + 1)
    fresh = np.minimum(np.take_along_axis(came_in, ages, axis=1), opening.stock[:, None])
    half = np.arange(axes.horizon) < (life // 2)[:, None]
    fresh = np.where(unknown[:, None], np.where(half, opening.stock[:, None], 0.0), fresh)
    return ShelfLife(life, np.round(fresh, 6), unknown)


def most_that_sells(walk: ForwardWalk, working_days: Floats, life: int, horizon: int) -> Floats:
    """Closing stock of each period of the horizon that goes out before the youngest of it spoils; infinite where nothing does.

    `working_days`: of whole periods, the horizon and what follows it.
    """
    if life == 0:
        return np.full(horizon, np.inf)
    days = np.concatenate([[0.0], np.cumsum(working_days)])
    after = np.arange(1, horizon + 1)
    last = days[np.minimum(after + life, len(days) - 1)]
    # Beyond what is known the calendar goes on as it ended.
    beyond = np.maximum(after + life - (len(days) - 1), 0) * working_days[-1]
    return walk.quantity_for(last + beyond - days[after])
