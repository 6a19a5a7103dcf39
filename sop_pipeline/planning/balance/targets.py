"""What stock management wants at each close: target, minimum, maximum, safety stock. How supply reaches it stays out."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.cover import ForwardWalk

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class StockPolicy:
    """The objective of one family per period of the horizon; NaN where the policy says nothing."""

    target_days_of_supply: Floats
    target_quantity: Floats
    minimum_days_of_supply: Floats
    maximum_days_of_supply: Floats
    service_level_ratio: Floats
    target_backlog_days: Floats


@dataclass(frozen=True)
class StockLevels:
    """Closing stock per period of the horizon, planning units; NaN where there is none."""

    target: Floats
    minimum: Floats
    maximum: Floats


def stock_levels(policy: StockPolicy, walk: ForwardWalk, safety_stock: Floats) -> StockLevels:
    """Turn a policy into quantities: a target quantity wins over days, days walk forward, safety stock is the minimum where none is set."""
    by_days = walk.quantity_for(policy.target_days_of_supply)
    minimum = walk.quantity_for(policy.minimum_days_of_supply)
    return StockLevels(
        target=np.where(np.isnan(policy.target_quantity), by_days, policy.target_quantity),
        minimum=np.where(np.isnan(minimum), safety_stock, minimum),
        maximum=walk.quantity_for(policy.maximum_days_of_supply),
    )


def safety_stock(
    service_level_ratio: Floats,
    *,
    error_deviation_quantity: float,
    demand_per_period: float,
    lead_time_periods: float = 1.0,
    lead_time_deviation_periods: float = 0.0,
) -> Floats:
    """z·√(L·σ² + d²·σ_L²): σ of the one-period forecast error, L in periods; NaN without a service level or an error (NaN)."""
    z = np.array([NormalDist().inv_cdf(level) if level == level else np.nan for level in service_level_ratio.tolist()])  # noqa: PLR0124
    spread = lead_time_periods * error_deviation_quantity**2 + (demand_per_period * lead_time_deviation_periods) ** 2
    return np.maximum(0.0, z * np.sqrt(spread))
