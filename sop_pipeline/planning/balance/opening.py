"""Where the plan starts: what is there and owed at the as-of date, what the current period has seen. Planning from there stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.demand_grid import positions

Floats = NDArray[np.float64]

FLOWS = ("demand", "booked", "shipped", "production", "subcontract", "purchase", "issued", "other_movement")
STOCK_SIGNS = {"production": 1, "subcontract": 1, "purchase": 1, "other_movement": 1, "issued": -1, "shipped": -1}


@dataclass(frozen=True)
class Opening:
    """Per family, planning units: what is there at the as-of date, and the current period up to it.

    `stock` is what the remainder starts with; `opening_inventory` + flows to date + `unexplained` (NaN where none is known) = `stock`.
    `owed` is past-due orders of make-to-stock, all open orders of the other strategies.
    """

    to_date: dict[str, Floats]
    opening_inventory: Floats
    unexplained: Floats
    stock: Floats
    owed: Floats
    past_due: Floats
    is_stock_unknown: NDArray[np.bool_]
    stock_below_zero: Floats


def open_position(
    family_position: dict[str, int],
    family_history: pl.DataFrame,
    orders_due: pl.DataFrame,
    periods: pl.DataFrame,
    is_to_order: NDArray[np.bool_],
) -> Opening:
    """Read the current row of core.family_history and core.orders_due; `periods` holds period_start and its position, 0 the current one.

    Stock below zero starts from zero: where nothing has moved yet the opening is corrected, else the correction stands as unexplained.
    Stock that nobody knows is taken as what the flows to date leave of nothing.
    """
    current = family_history.filter(pl.col("periods_from_now") == 0)
    due = orders_due.join(periods.filter(pl.col("position") == 0).select("period_start"), on="period_start", how="semi")

    def read(frame: pl.DataFrame, column: str, missing: float, table: str = "core.family_history") -> Floats:
        values = np.full(len(family_position), missing)
        values[positions(frame, "family_id", family_position, table)] = frame[column].cast(pl.Float64).fill_null(missing).to_numpy()
        return np.round(values, 6)

    to_date = {flow: read(current, f"{flow}_quantity", 0.0) for flow in FLOWS}
    moved = np.round(sum((sign * to_date[flow] for flow, sign in STOCK_SIGNS.items()), np.zeros(len(family_position))), 6)
    opening = read(current, "opening_inventory_quantity", np.nan)
    closing = read(current, "closing_inventory_quantity", np.nan)
    unexplained = read(current, "unexplained_quantity", np.nan)
    is_unknown = np.isnan(opening) & np.isnan(closing)
    opening = np.where(np.isnan(opening), np.where(is_unknown, 0.0, closing - moved - np.nan_to_num(unexplained)), opening)
    closing = np.where(np.isnan(closing), opening + moved + np.nan_to_num(unexplained), closing)
    gap = np.round(closing - opening - moved, 6)
    unexplained = np.where(np.isnan(unexplained) & (gap == 0), np.nan, gap)
    below_zero = np.maximum(0.0, -closing)
    is_untouched = opening == closing
    past_due = read(due, "past_due_quantity", np.nan, "core.orders_due")
    past_due = np.where(np.isnan(past_due), read(current, "past_due_quantity", 0.0), past_due)
    return Opening(
        to_date=to_date,
        opening_inventory=np.where((below_zero > 0) & is_untouched, 0.0, opening),
        unexplained=np.where((below_zero > 0) & ~is_untouched, np.nan_to_num(unexplained) + below_zero, unexplained),
        stock=np.round(closing + below_zero, 6),
        owed=np.maximum(0.0, np.where(is_to_order, read(current, "closing_backlog_quantity", 0.0), past_due)),
        past_due=past_due,
        is_stock_unknown=is_unknown,
        stock_below_zero=below_zero,
    )
