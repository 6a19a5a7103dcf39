"""What kind of demand a series has (Syntetos and Boylan) and which way it is forecast.

The forecasts themselves stay out.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sop_pipeline.planning.forecasting.panel import Counts, Floats, Panel

INTERMITTENT_INTERVAL = 1.32  # average periods between demands from which the size and the gap are two questions
ERRATIC_VARIATION = 0.49  # squared coefficient of variation of the demand sizes
SEASONS_TO_LEARN = 2  # a season is learned from its own history after this many

SMOOTH, ERRATIC, INTERMITTENT, LUMPY, NO_DEMAND = "smooth", "erratic", "intermittent", "lumpy", "no_demand"

ROUTE_ENSEMBLE, ROUTE_INTERMITTENT, ROUTE_SHORT, ROUTE_ZERO = "ensemble", "intermittent", "short", "zero"


@dataclass(frozen=True)
class DemandProfile:
    """Per series: demand class, average demand interval in periods, squared coefficient of variation of its sizes, observations, route."""

    demand_class: npt.NDArray[np.str_]
    average_interval: Floats
    squared_variation: Floats
    observations: Counts
    route: npt.NDArray[np.str_]


def profile_demand(panel: Panel, season_length: int) -> DemandProfile:
    """Classify every series of the panel and choose its route.

    Average interval = periods since the first demand / periods with demand; variation = population variance over
    squared mean of the non-zero quantities. No demand in the last two seasons goes to zero, intervals from 1.32 to
    the intermittent models, series below two seasons to simple smoothing (with the season of their group where that
    is good enough), the rest to the ensemble.
    """
    values, lengths = panel.values, panel.lengths
    sold = np.where(values > 0, 1.0, 0.0)
    demands = sold.sum(axis=0)
    some = np.maximum(demands, 1.0)
    # Sizes relative to the largest: squares of quantities near the largest storable number would overflow.
    largest = np.maximum(np.where(np.isfinite(values), values, 0.0).max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    sizes = np.where(sold > 0, values / largest, 0.0)
    mean = sizes.sum(axis=0) / some
    variance = (sold * (sizes - mean) ** 2).sum(axis=0) / some
    squared_variation = np.where(demands > 0, variance / np.maximum(mean, np.finfo(np.float64).tiny) ** 2, 0.0)
    average_interval = np.where(demands > 0, lengths / some, np.inf)

    rare, erratic = average_interval >= INTERMITTENT_INTERVAL, squared_variation >= ERRATIC_VARIATION
    demand_class = np.select([demands == 0, rare & erratic, rare, erratic], [NO_DEMAND, LUMPY, INTERMITTENT, ERRATIC], SMOOTH)
    silent = sold[-SEASONS_TO_LEARN * season_length :].sum(axis=0) == 0
    route = np.select(
        [silent, rare, lengths < SEASONS_TO_LEARN * season_length],
        [ROUTE_ZERO, ROUTE_INTERMITTENT, ROUTE_SHORT],
        ROUTE_ENSEMBLE,
    )
    return DemandProfile(demand_class, average_interval, squared_variation, lengths, route)
