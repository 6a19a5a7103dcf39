"""The one word about a family's period. The quantities it judges come from elsewhere."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

TOLERANCE = 1e-6


def balance_status(
    *,
    is_to_order: Flags,
    closing_stock: Floats,
    closing_owed: Floats,
    lost_sales: Floats,
    past_due: Floats,
    is_overloaded: Flags,
    target_stock: Floats,
    minimum_stock: Floats,
    maximum_stock: Floats,
    target_backlog: Floats,
) -> NDArray[np.str_]:
    """The first that holds of short, overloaded, below_target, excess, balanced; families × periods, NaN where there is no limit.

    short: closing shortage or lost sales; past due in make-to-order. overloaded: a critical resource the family uses is above regular
    and overtime. below_target: below the minimum, or below the target where there is no minimum; backlog above target. excess: above
    the maximum. Differences up to 1e-6 of the larger quantity are rounding.
    """
    to_order = np.broadcast_to(is_to_order[:, None], closing_stock.shape)
    least = np.where(np.isnan(minimum_stock), target_stock, minimum_stock)
    is_short = np.where(to_order, past_due > 0, closing_owed > 0) | (lost_sales > 0)
    is_below = _exceeds(least, closing_stock) | (to_order & _exceeds(closing_owed, target_backlog))
    return np.select(
        [is_short, is_overloaded, is_below, _exceeds(closing_stock, maximum_stock)],
        ["short", "overloaded", "below_target", "excess"],
        default="balanced",
    )


def _exceeds(larger: Floats, smaller: Floats) -> Flags:
    """Whether the first is larger beyond rounding; an unknown side is never exceeded."""
    return np.asarray(larger - smaller > TOLERANCE * np.maximum(1.0, np.abs(np.nan_to_num(larger))))


def highest_critical_load(
    loads: dict[tuple[int, int], Floats],
    *,
    families: int,
    is_critical: Flags,
    is_following: Flags,
    load_ratio: Floats,
    is_overloaded: Flags,
) -> tuple[Floats, NDArray[np.int64], Flags]:
    """Per family and period: highest load ratio of the critical resources it uses, their position (-1 none), whether one is overloaded.

    `load_ratio` (NaN without capacity), `is_overloaded` and `is_following` are resources × periods; heads that follow the need are
    never the bottleneck and count only where the family uses nothing else. An overloaded resource without capacity comes first.
    """
    periods = load_ratio.shape[1]
    ratio = np.full((families, periods), np.nan)
    binding = np.full((families, periods), -1)
    overloaded = np.zeros((families, periods), dtype=bool)
    # The rank orders first by what can bind, then by ratio; the lower id wins a tie.
    rank = np.where(np.isnan(load_ratio), np.where(is_overloaded, np.inf, -1.0), load_ratio) - np.where(is_following, 1e6, 0.0)
    best = np.full((families, periods), -np.inf)
    for family, resource in sorted(loads):
        if not is_critical[resource]:
            continue
        overloaded[family] |= is_overloaded[resource]
        is_better = rank[resource] > best[family]
        best[family] = np.where(is_better, rank[resource], best[family])
        binding[family] = np.where(is_better, resource, binding[family])
        ratio[family] = np.where(is_better, load_ratio[resource], ratio[family])
    return ratio, binding, overloaded
