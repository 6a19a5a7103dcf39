"""What is decided before any rate is set: approved production inside the fence, and supply overrides. The rates stay out."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.path import KINDS, FamilyPath, FamilyTask, plan_path

Floats = NDArray[np.float64]

SUPPLY_STEPS = ("supply_review", "executive")
CLOSINGS = ("closing_inventory", "closing_backlog")


@dataclass(frozen=True)
class SupplyOrder:
    """One override of a supply measure on a family's period; `share` is 1 for the family, an item's part of it for an item's override."""

    measure: str
    period: int
    step: str
    share: float
    quantity: float
    change_quantity: float
    change_ratio: float

    @property
    def is_change(self) -> bool:
        """Whether it speaks of the plan it changes."""
        return self.share != 1.0 or math.isnan(self.quantity)

    def apply(self, before: float) -> float:
        """New quantity of the family: the override replaces its share of what the plan held before."""
        own = before * self.share
        if not math.isnan(self.quantity):
            after = self.quantity
        elif not math.isnan(self.change_quantity):
            after = own + self.change_quantity
        else:
            after = own * (1.0 + self.change_ratio)
        return max(0.0, before - own + after)


def supply_orders(
    overrides: pl.DataFrame, items: pl.DataFrame, item_mix: pl.DataFrame, periods: pl.DataFrame
) -> dict[str, list[SupplyOrder]]:
    """Supply overrides in force per family, in planning units, in the order they apply: step, items before the family.

    `periods` holds period_start and its position. Of several on one cell and step the one entered last counts. Item overrides are
    turned into planning units; an item's part of its family is its mix.
    """
    rows = (
        overrides.filter((pl.col("measure") != "demand") & (pl.col("is_superseded") == 0))
        .sort("entered_on", "override_id")
        .unique(["measure", "family_id", "item_id", "period_start", "step"], keep="last", maintain_order=True)
        .join(periods, on="period_start")
        .join(items.select("item_id", "planning_units_per_unit"), on="item_id", how="left")
        .join(item_mix.select("item_id", "mix_ratio"), on="item_id", how="left")
        .sort(pl.col("step") == SUPPLY_STEPS[-1], pl.col("item_id") == "", "family_id", "item_id", "period_start", "measure")
    )
    orders: dict[str, list[SupplyOrder]] = {}
    for row in rows.iter_rows(named=True):
        is_item = row["item_id"] != ""
        units = 1.0 if row["planning_units_per_unit"] is None else row["planning_units_per_unit"]
        orders.setdefault(row["family_id"], []).append(
            SupplyOrder(
                measure=row["measure"],
                period=row["period"],
                step=row["step"],
                share=(row["mix_ratio"] or 0.0) if is_item else 1.0,
                quantity=math.nan if row["quantity"] is None else row["quantity"] * units,
                change_quantity=math.nan if row["change_quantity"] is None else row["change_quantity"] * units,
                change_ratio=math.nan if row["change_ratio"] is None else row["change_ratio"],
            )
        )
    return orders


def keep_orders(task: FamilyTask, orders: list[SupplyOrder], to_date: Floats, without: FamilyPath | None = None) -> FamilyTask:
    """Fix what the overrides of a family order; a change is measured against the plan `without` them, else against level or chase.

    `to_date` is what each kind of supply did in the current period: an override speaks of the whole period, the task of what is left.
    """
    if not orders:
        return task
    path = plan_path(task) if without is None else without
    lower, upper, waypoint = task.lower.copy(), task.upper.copy(), task.waypoint.copy()
    closing: dict[tuple[str, int], float] = {}
    read: dict[str, Callable[[int], float]] = {
        **{kind: _flow(path, position, to_date) for position, kind in enumerate(KINDS)},
        "closing_inventory": lambda period: float(path.closing_stock[period]),
        "closing_backlog": lambda period: float(path.closing_owed[period]),
    }
    for order in orders:
        cell = (order.measure, order.period)
        closing[cell] = order.apply(closing.get(cell, read[order.measure](order.period)))
    for (measure, period), quantity in closing.items():
        if measure in CLOSINGS:
            signed = quantity if measure == "closing_inventory" else -quantity
            waypoint[period] = signed + (0.0 if math.isnan(waypoint[period]) else waypoint[period])
        else:
            kind = KINDS.index(measure)
            left = max(0.0, quantity - (to_date[kind] if period == 0 else 0.0))
            lower[kind, period] = upper[kind, period] = left
    return replace(task, lower=lower, upper=upper, waypoint=waypoint)


def _flow(path: FamilyPath, kind: int, to_date: Floats) -> Callable[[int], float]:
    return lambda period: float(path.supply[kind, period] + (to_date[kind] if period == 0 else 0.0))


def production_limits(
    minimum: Floats, maximum: Floats, approved: Floats, *, fence_periods: int, produced_to_date: float
) -> tuple[Floats, Floats]:
    """Limits of production per kind and period: the policy's on production, and inside the fence the approved quantity as both.

    `approved` speaks of whole periods, NaN where nothing was approved; what was produced to date counts towards it.
    """
    lower, upper = np.zeros((len(KINDS), len(minimum))), np.full((len(KINDS), len(minimum)), np.inf)
    lower[0], upper[0] = np.nan_to_num(minimum), np.where(np.isnan(maximum), np.inf, maximum)
    upper[0] = np.maximum(lower[0], upper[0])
    left = approved.copy()
    left[0] = max(0.0, left[0] - produced_to_date) if not math.isnan(left[0]) else left[0]
    is_frozen = (np.arange(len(left)) < fence_periods) & ~np.isnan(left)
    lower[0] = np.where(is_frozen, left, lower[0])
    upper[0] = np.where(is_frozen, left, upper[0])
    return lower, upper
