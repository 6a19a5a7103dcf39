"""The table of models each engine averages.

How a model works stays in its module; what happens when one fails, in `fallback`.
"""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np

from sop_pipeline.planning.forecasting.adjust import Adjusted
from sop_pipeline.planning.forecasting.express import damped_trend, theta
from sop_pipeline.planning.forecasting.panel import Floats
from sop_pipeline.planning.forecasting.ridge import pooled_ridge
from sop_pipeline.planning.forecasting.standard import LIBRARY_MODELS, fit_library_models, is_seasonal

Engine = Literal["express", "standard"]

ADJUSTED_PENALTY = 1000.0
RAW_PENALTY = 300.0

Members = Mapping[str, Floats]  # model -> demand, horizon x series; NaN or inf where it failed


def engine_members(engine: Engine, values: Floats, adjusted: Adjusted, workers: int) -> Members:
    """The members of an engine for series of at least two seasons; `values`: demand, periods x series."""
    return ENGINES[engine](values, adjusted, workers)


def express_members(adjusted: Adjusted) -> Members:
    """Theta, damped trend and the adjusted ridge, all in NumPy."""
    return {
        "theta": express_theta(adjusted),
        "damped_trend": adjusted.to_demand(damped_trend(adjusted.without_season, adjusted.horizon)),
        "adjusted_ridge": adjusted_ridge(adjusted),
    }


def standard_members(values: Floats, adjusted: Adjusted, workers: int) -> Members:
    """The library's models on adjusted demand, the adjusted ridge and the ridge on raw logs."""
    without_season = np.exp(adjusted.without_season)
    fitted = fit_library_models([column[np.isfinite(column)] for column in without_season.T], adjusted.horizon, workers)
    season = np.exp(adjusted.coming_season)
    library = {name: forecast * season for name, forecast in zip(LIBRARY_MODELS, fitted, strict=True)}
    return {**library, "adjusted_ridge": adjusted_ridge(adjusted), "raw_ridge": raw_ridge(values, adjusted)}


def express_theta(adjusted: Adjusted) -> Floats:
    """The vectorised Theta in units of demand."""
    return adjusted.to_demand(theta(adjusted.without_season, adjusted.horizon))


def adjusted_ridge(adjusted: Adjusted) -> Floats:
    """The pooled ridge on seasonally adjusted logs, all series in one pool."""
    pool = np.zeros(adjusted.logs.shape[1], dtype=np.int64)
    return adjusted.to_demand(
        pooled_ridge(
            adjusted.without_season,
            pool,
            horizon=adjusted.horizon,
            season_length=adjusted.season_length,
            penalty=ADJUSTED_PENALTY,
            repeat_periods=1,
        )
    )


def raw_ridge(values: Floats, adjusted: Adjusted) -> Floats:
    """The pooled ridge on raw logs, seasonal and other series in a pool each: it learns the season its own way."""
    forecast = pooled_ridge(
        adjusted.logs,
        is_seasonal(values, adjusted.season_length).astype(np.int64),
        horizon=adjusted.horizon,
        season_length=adjusted.season_length,
        penalty=RAW_PENALTY,
        repeat_periods=adjusted.season_length,
    )
    with np.errstate(over="ignore"):
        return np.exp(forecast)


# One line per engine: a new member goes into its function, a new engine here and in `Engine`.
ENGINES: Mapping[str, Callable[[Floats, Adjusted, int], Members]] = {
    "express": lambda _values, adjusted, _workers: express_members(adjusted),
    "standard": standard_members,
}
