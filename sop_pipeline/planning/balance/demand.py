"""Demand of each planned period out of the consensus and the orders in hand. How the consensus came about stays out."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS

Floats = NDArray[np.float64]

CELL = ["item_id", "period_start"]


def consume_by_item(
    *,
    item_demand: pl.DataFrame,
    item_orders_due: pl.DataFrame,
    items: pl.DataFrame,
    families: pl.DataFrame,
    periods: pl.DataFrame,
    scenario_id: str = "base",
) -> pl.DataFrame:
    """How much of a make-to-stock family's forecast its items' orders consume: the frame of contract ForecastConsumption.

    Frames are those of the contracts in core and plan; the forecast is the last step of `item_demand`. One row per family and planned
    period with orders due or forecast consumed, in planning units. Orders consume their own item's forecast only: of their period
    first, then of the one before (see `consumed_quantity`); abnormal ones do not. An item's order in a period whose plan nobody knows
    consumes nothing.
    """
    planned = periods.filter(pl.col("periods_from_now") >= 0).sort("period_start").select("period_start", position=pl.int_range(pl.len()))
    to_stock = families.filter(pl.col("production_strategy") == "make_to_stock").select("family_id")
    due = item_orders_due.join(to_stock, on="family_id", how="semi").join(planned, on="period_start", how="semi")
    units = (
        items.join(due.select("item_id").unique(), on="item_id", how="semi")
        .select("item_id", "family_id", units="planning_units_per_unit")
        .sort("family_id", "item_id")
    )
    forecast = item_demand.filter(pl.col("step") == DEMAND_STEPS[-1]).select(*CELL, forecast_quantity="quantity")
    cells = (
        units.join(planned, how="cross", maintain_order="left_right")
        .join(due.drop("family_id"), on=CELL, how="left", maintain_order="left")
        .join(forecast, on=CELL, how="left", maintain_order="left")
        .with_columns(pl.col("orders_due_quantity", "abnormal_quantity").fill_null(0.0))
        .with_columns(pl.col("forecast_quantity", "orders_due_quantity", "abnormal_quantity") * pl.col("units"))
    )
    shape = (units.height, planned.height)
    orders = (cells["orders_due_quantity"] - cells["abnormal_quantity"]).to_numpy().reshape(shape)
    consumed = consumed_quantity(cells["forecast_quantity"].fill_null(np.nan).to_numpy().reshape(shape), orders)
    return (
        cells.with_columns(scenario_id=pl.lit(scenario_id), consumed_quantity=pl.Series(consumed.ravel(), dtype=pl.Float64))
        .sort("family_id", "period_start", "item_id")
        .group_by("scenario_id", "family_id", "period_start", maintain_order=True)
        .agg(pl.col("orders_due_quantity", "abnormal_quantity", "consumed_quantity").sum().round(6))
        .filter((pl.col("orders_due_quantity") > 0) | (pl.col("consumed_quantity") > 0))
    )


def consumed_quantity(forecast: Floats, orders: Floats) -> Floats:
    """Forecast that orders consume, rows × planned periods: their own period's, then what of it they exceed from the period before.

    One period back, none forward. A forecast that is NaN (unknown) is not consumed, nor do its orders reach back. The current period
    (column 0) gives nothing to later orders: its remainder is a maximum, not a sum.
    """
    known = np.nan_to_num(forecast)
    own = np.minimum(known, orders)
    excess = np.where(np.isnan(forecast), 0.0, np.maximum(0.0, orders - known))
    from_next = np.zeros_like(excess)
    from_next[:, 1:-1] = excess[:, 2:]
    return np.asarray(own + np.minimum(known - own, from_next))


def consume_forecast(
    consensus: Floats,
    orders_due: Floats,
    demand_to_date: Floats,
    *,
    is_to_order: NDArray[np.bool_],
    fence_periods: NDArray[np.int64],
    consumed: Floats | None = None,
) -> Floats:
    """Demand still to come in each period: what is left of the current one (column 0), the whole of the later ones; planning units.

    Arrays are families × planned periods, `consensus` NaN where unknown. Make-to-stock: orders due + max(0, forecast − `consumed`), by
    default what the family's orders consume as a whole. What is left of the current period is max(consensus − demand to date, orders
    due in it). Make-to-order plans bookings: orders in hand are booked already and consume nothing. Inside the fence no forecast
    counts: orders due, or no further bookings.
    """
    forecast = consensus.copy()
    forecast[:, 0] -= demand_to_date
    forecast = np.maximum(0.0, forecast)
    orders = np.where(is_to_order[:, None], 0.0, orders_due)
    taken = consumed_quantity(forecast, orders) if consumed is None else np.where(is_to_order[:, None], 0.0, consumed)
    demand = orders + np.maximum(0.0, forecast - taken)
    demand[:, 0] = np.maximum(forecast[:, 0], orders[:, 0])
    is_fenced = np.arange(consensus.shape[1])[None, :] < fence_periods[:, None]
    return np.where(is_fenced, orders, demand)
