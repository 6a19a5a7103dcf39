"""Demand of each planned period out of the consensus and the orders in hand. How the consensus came about stays out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def consume_forecast(
    consensus: Floats, orders_due: Floats, demand_to_date: Floats, *, is_to_order: NDArray[np.bool_], fence_periods: NDArray[np.int64]
) -> Floats:
    """Demand still to come in each period: what is left of the current one (column 0), the whole of the later ones; planning units.

    Arrays are families × planned periods, `consensus` NaN where unknown. Make-to-stock: orders due + max(0, forecast − orders that
    consume it): orders of the period first, then what the next period's orders exceed its own forecast by (one period back, none
    forward). What is left of the current period is max(consensus − demand to date, orders due in it). Make-to-order plans bookings:
    orders in hand are booked already and consume nothing. Inside the fence no forecast counts: orders due, or no further bookings.
    """
    forecast = consensus.copy()
    forecast[:, 0] -= demand_to_date
    forecast = np.maximum(0.0, forecast)
    orders = np.where(is_to_order[:, None], 0.0, orders_due)
    excess = np.maximum(0.0, orders - np.where(np.isnan(forecast), np.inf, forecast))
    from_next = np.zeros_like(excess)
    # The current period is left out: its remainder is a maximum, not a sum.
    from_next[:, 1:-1] = excess[:, 2:]
    demand = orders + np.maximum(0.0, np.maximum(0.0, forecast - orders) - from_next)
    is_fenced = np.arange(consensus.shape[1])[None, :] < fence_periods[:, None]
    return np.where(is_fenced, orders, demand)
