"""Planned orders of bought items shared out to their suppliers. How much is ordered in all stays out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.handoffs import SupplierOrders
from sop_pipeline.planning.demand_grid import positions
from sop_pipeline.planning.handoffs.horizon import Horizon
from sop_pipeline.planning.handoffs.quotas import hand_over, supplier_room

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

ALMOST = 1e-9  # of a lot
DECIMALS = 6


def order_from_suppliers(
    horizon: Horizon,
    *,
    material_requirements: pl.DataFrame,
    item_suppliers: pl.DataFrame,
    items: pl.DataFrame,
    supplier_quotas: pl.DataFrame | None = None,
) -> pl.DataFrame:
    """Share each bought item's planned orders out by `share_ratio`, kept over the horizon; result: contract SupplierOrders.

    A supplier with a minimum or multiple gets whole lots of it; what is left of an order goes to whoever is furthest behind its share.
    What a supplier with a quota cannot deliver goes to one that can.
    """
    bought = items.filter(pl.col("sourcing") == "buy").select("item_id")
    rows = item_suppliers.join(bought, on="item_id", how="semi").filter(pl.col("share_ratio") > 0).sort("item_id", "supplier_id")
    wanted = material_requirements.filter(pl.col("planned_order_quantity") > 0)
    rows = rows.join(wanted.select("item_id").unique(), on="item_id", how="semi")
    ids = {item: number for number, item in enumerate(rows["item_id"].unique().sort().to_list())}
    wanted = wanted.filter(pl.col("item_id").is_in(list(ids)))
    ordered = horizon.grid(wanted, "planned_order_quantity", positions(wanted, "item_id", ids, "core.items"), len(ids))
    minimum, multiple = (rows[name].fill_null(0.0).to_numpy() for name in ("minimum_order_quantity", "order_multiple_quantity"))
    step = np.where(multiple > 0, multiple, 1.0)
    lot = np.where(multiple > 0, np.maximum(np.ceil(minimum / step - ALMOST), 1.0) * step, minimum)
    item, share_ratio = positions(rows, "item_id", ids, "core.items"), rows["share_ratio"].to_numpy()
    quantity = share_out(item, share_ratio, lot, ordered, most=supplier_room(horizon, supplier_quotas, rows))
    order_by = horizon.need_day[None, :] - rows["lead_time_days"].to_numpy().astype(np.int64)[:, None]
    return (
        rows.select("item_id", "supplier_id")
        .join(horizon.starts.to_frame("period_start"), how="cross", maintain_order="left_right")
        .with_columns(
            planned_order_quantity=pl.Series(np.round(quantity.ravel(), DECIMALS) + 0.0, dtype=pl.Float64),
            order_by_date=pl.Series(order_by.ravel().astype(np.int32), dtype=pl.Int32).cast(pl.Date),
        )
        .filter(pl.col("planned_order_quantity") > 0)
        .join(wanted.select("item_id", "period_start", "scenario_id"), on=["item_id", "period_start"], how="left", maintain_order="left")
        .select(pl.col(name).cast(dtype) for name, dtype in dtypes(SupplierOrders).items())
    )


def share_out(item: Positions, share_ratio: Floats, lot: Floats, ordered_quantity: Floats, *, most: Floats | None = None) -> Floats:
    """Share orders out. E shares sorted by item, `lot`: 0 = any quantity; `ordered_quantity`: N × T; result: E × T, sums to it.

    `most`: E × T, what each supplier can deliver; None = any quantity.
    """
    given = np.zeros((item.size, ordered_quantity.shape[1]))
    to_date, due_to_date = np.zeros(item.size), np.zeros(item.size)
    step = np.where(lot > 0, lot, 1.0)
    for period in np.flatnonzero((ordered_quantity > 0).any(axis=0)):
        total = ordered_quantity[:, period]
        due_to_date += share_ratio * total[item]
        due = np.maximum(due_to_date - to_date, 0.0)
        order = np.lexsort((-due, item))
        wanted = _whole(due, lot, step)[order]
        before = np.cumsum(wanted) - wanted
        first = np.searchsorted(item[order], np.arange(total.size))
        room = total[item[order]] - (before - before[first][item[order]])
        quantity = np.zeros(item.size)
        quantity[order] = _whole(np.clip(room, 0.0, wanted), lot[order], step[order])
        behind = np.lexsort((-(due - quantity), item))[first]
        quantity[behind] += total - np.bincount(item, quantity, minlength=total.size)
        quantity = np.where(total[item] > 0, quantity, 0.0)
        given[:, period] = quantity if most is None else hand_over(item, quantity, most[:, period], lot)
        to_date += given[:, period]
    return given


def _whole(quantity: Floats, lot: Floats, step: Floats) -> Floats:
    return np.where(lot > 0, np.floor(quantity / step + ALMOST) * step, quantity)
