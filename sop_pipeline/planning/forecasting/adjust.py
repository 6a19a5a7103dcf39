"""A panel taken apart into seasonally adjusted logs and the season of the horizon, as every smooth model reads it.

No model is fitted here.
"""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.panel import Floats
from sop_pipeline.planning.forecasting.seasonality import future_effect, log_demand, past_effect, seasonal_indices


@dataclass(frozen=True)
class Adjusted:
    """Logs of demand with and without season (periods x series), log indices (season x series), their future (horizon x series)."""

    logs: Floats
    without_season: Floats
    indices: Floats
    coming_season: Floats

    @property
    def horizon(self) -> int:
        return len(self.coming_season)

    @property
    def season_length(self) -> int:
        return len(self.indices)

    def to_demand(self, forecast: Floats) -> Floats:
        """Demand of an adjusted log forecast (horizon x series); inf where it is beyond any number, left to the fallbacks."""
        with np.errstate(over="ignore"):
            return np.exp(forecast + self.coming_season)


def adjust(values: Floats, horizon: int, season_length: int) -> Adjusted:
    """Adjust demand (periods x series, NaN before the start) by each series' own season."""
    return adjust_by(values, seasonal_indices(log_demand(values), season_length), horizon)


def adjust_by(values: Floats, indices: Floats, horizon: int) -> Adjusted:
    """Adjust demand by given log indices (season x series)."""
    logs = log_demand(values)
    return Adjusted(logs, logs - past_effect(indices, len(logs)), indices, future_effect(indices, horizon))
