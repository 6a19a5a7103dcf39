"""One rate per working day inside limits. Which periods share a rate, and what it must reach, stays out."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def spread_evenly(required: float, weight: Floats, lower: Floats, upper: Floats) -> Floats:
    """Spread a quantity in proportion to `weight` (share × working days) inside limits, by the one rate that adds up to it.

    Every cell is clip(rate × weight, lower, upper); limits that cannot hold the quantity are kept, and the sum misses it. The result
    has the shape of `weight`. The rate is exact: the total is piecewise linear in it, with its corners where a cell meets a limit.
    """
    total = float(weight.sum())
    even = weight * (max(0.0, required) / total if total > 0 else 0.0)
    inside = np.clip(even, lower, upper)
    if bool((inside == even).all()):
        return even
    moving = weight > 0
    corners = np.concatenate([[0.0], lower[moving] / weight[moving], upper[moving] / weight[moving]])
    corners = np.unique(corners[np.isfinite(corners)])
    totals = np.clip(corners[:, None] * weight.ravel(), lower.ravel(), upper.ravel()).sum(axis=1)
    still_rising = weight[np.isinf(upper)].sum()
    if required > totals[-1] and still_rising > 0:
        rate = corners[-1] + (required - totals[-1]) / still_rising
    else:
        rate = _first_rate(required, corners, totals)
    return np.clip(rate * weight, lower, upper)


def _first_rate(required: float, corners: Floats, totals: Floats) -> float:
    """The lowest rate whose total is the quantity; the nearest one where no rate reaches it."""
    after = int(np.searchsorted(totals, required, side="left"))
    if after == 0:
        return float(corners[0])
    if after == len(corners):
        return float(corners[-1])
    share = (required - totals[after - 1]) / (totals[after] - totals[after - 1])
    return float(corners[after - 1] + share * (corners[after] - corners[after - 1]))
