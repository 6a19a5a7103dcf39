"""A panel taken apart into seasonally adjusted logs and the season of the horizon, as every smooth model reads it.

No model is fitted here.
"""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.forecasting.level_step import find_level_steps, without_steps
from sop_pipeline.planning.forecasting.panel import Counts, Floats
from sop_pipeline.planning.forecasting.seasonality import future_effect, log_demand, past_effect, seasonal_indices


@dataclass(frozen=True)
class Adjusted:
    """Logs of demand with and without season (periods x series), log indices (season x series), their future (horizon x series).

    `periods_since_step`: periods of each history since a clear step of its level; what came before is lifted to the level after it. 0
    where there is none.
    """

    logs: Floats
    without_season: Floats
    indices: Floats
    coming_season: Floats
    periods_since_step: Counts

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
    """Adjust demand (periods x series, NaN before the start) by each series' own season.

    A clear step of the level is taken out first: left in, it passes for a season and then for a trend.
    """
    observed = log_demand(values)
    steps = find_level_steps(observed, season_length)
    logs = without_steps(observed, steps)
    return _adjusted(logs, seasonal_indices(logs, season_length), horizon, steps.periods_since)


def adjust_by(values: Floats, indices: Floats, horizon: int) -> Adjusted:
    """Adjust demand by given log indices (season x series)."""
    return _adjusted(log_demand(values), indices, horizon, np.zeros(values.shape[1], dtype=np.int64))


def _adjusted(logs: Floats, indices: Floats, horizon: int, periods_since_step: Counts) -> Adjusted:
    return Adjusted(logs, logs - past_effect(indices, len(logs)), indices, future_effect(indices, horizon), periods_since_step)
