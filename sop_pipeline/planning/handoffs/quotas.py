"""What suppliers with quotas can deliver beside their open orders, and who takes over what one of them cannot. Other shares stay out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.handoffs.horizon import Horizon

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

ALMOST = 1e-9  # of a lot
KEY = ["item_id", "supplier_id"]


def supplier_room(horizon: Horizon, supplier_quotas: pl.DataFrame | None, shares: pl.DataFrame) -> Floats:
    """Per row of `shares` (item_id, supplier_id) and period what the supplier can deliver beside open orders, in the item's unit.

    `supplier_quotas`: core.supplier_quotas; endless where it knows no limit.
    """
    room = np.full((shares.height, horizon.count), np.inf)
    if supplier_quotas is None or supplier_quotas.is_empty():
        return room
    limited = _left(supplier_quotas).filter(pl.col("left").is_not_null())
    cells = (
        shares.select(KEY)
        .with_row_index("row")
        .join(limited, on=KEY)
        .join(horizon.starts.to_frame("period_start").with_row_index("period"), on="period_start")
    )
    room[cells["row"].to_numpy(), cells["period"].to_numpy()] = cells["left"].to_numpy()
    return room


def item_room(horizon: Horizon, supplier_quotas: pl.DataFrame | None, position: dict[str, int]) -> Floats:
    """Per item (by its position) and period what all its suppliers can deliver beside open orders; endless where one has no limit."""
    room = np.full((len(position), horizon.count), np.inf)
    if supplier_quotas is None or supplier_quotas.is_empty():
        return room
    total = (
        _left(supplier_quotas)
        .sort("supplier_id")
        .group_by("item_id", "period_start", maintain_order=True)
        .agg(pl.col("left").sum(), is_limited=pl.col("left").is_not_null().all())
        .filter("is_limited")
        .join(horizon.starts.to_frame("period_start").with_row_index("period"), on="period_start")
    )
    room[[position[item] for item in total["item_id"]], total["period"].to_numpy()] = total["left"].to_numpy()
    return room


def hand_over(item: Positions, quantity: Floats, room: Floats, lot: Floats) -> Floats:
    """Orders of one period, kept inside what each supplier can deliver: what one cannot goes to others of the item with room.

    E shares sorted by item; `lot`: whole lots of it move to a supplier, 0 = any quantity. What nobody can deliver stays where it was.
    """
    given = quantity.copy()
    for row in np.flatnonzero(given > room):
        others = np.flatnonzero((item == item[row]) & (given < room))
        for other in others[np.argsort(-(room[others] - given[others]), kind="stable")]:
            moved = min(given[row] - room[row], room[other] - given[other])
            if lot[other] > 0:
                moved = np.floor(moved / lot[other] + ALMOST) * lot[other]
            given[row] -= moved
            given[other] += moved
    return given


def _left(supplier_quotas: pl.DataFrame) -> pl.DataFrame:
    left = (pl.col("limit_quantity") - pl.col("on_order_quantity")).clip(lower_bound=0.0)
    return supplier_quotas.select(*KEY, "period_start", left=left)
