"""The table of models each engine averages.

How a model works stays in its module; what happens when one fails, in `fallback`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from sop_pipeline.planning.forecasting.adjust import Adjusted
from sop_pipeline.planning.forecasting.boosting import pooled_boosting
from sop_pipeline.planning.forecasting.distributed import Backend
from sop_pipeline.planning.forecasting.express import damped_trend, theta
from sop_pipeline.planning.forecasting.fits import FITS_SCHEMA, fit_or_recall
from sop_pipeline.planning.forecasting.library import COMPLEX_SMOOTHING, DAMPED_ETS, DYNAMIC_THETA
from sop_pipeline.planning.forecasting.panel import Floats
from sop_pipeline.planning.forecasting.ridge import pooled_ridge
from sop_pipeline.planning.forecasting.seasonality import is_seasonal

Engine = Literal["express", "standard", "max"]

ADJUSTED_PENALTY = 1000.0
RAW_PENALTY = 300.0

Members = Mapping[str, Floats]  # model -> demand, horizon x series; NaN or inf where it failed


@dataclass(frozen=True)
class Effort:
    """How the library's models are fitted: processes, a cluster instead, and fits already known (as `fit_or_recall` returns them)."""

    workers: int = 1
    distributed: Backend | None = None
    known_fits: pl.DataFrame | None = None


def engine_members(engine: Engine, values: Floats, adjusted: Adjusted, effort: Effort) -> tuple[Members, pl.DataFrame]:
    """The members of an engine for series of at least two seasons, and the library's fits behind them.

    `values`: demand, periods x series. The express engine uses no library, so its fits are empty.
    """
    return ENGINES[engine](values, adjusted, effort)


def express_members(adjusted: Adjusted) -> Members:
    """Theta, damped trend and the adjusted ridge, all in NumPy."""
    return {
        "theta": express_theta(adjusted),
        "damped_trend": adjusted.to_demand(damped_trend(adjusted.without_season, adjusted.horizon)),
        "adjusted_ridge": adjusted_ridge(adjusted),
    }


def standard_members(values: Floats, adjusted: Adjusted, effort: Effort) -> tuple[Members, pl.DataFrame]:
    """Theta, two more models of the library on adjusted demand, the adjusted ridge and the ridge on raw logs; and the fits of those two.

    Theta is that of the express engine: in this mean the library's differs by less than 0.001 OWA.
    """
    library, fits = _library_members((DYNAMIC_THETA, COMPLEX_SMOOTHING), adjusted, effort)
    ridges = {"adjusted_ridge": adjusted_ridge(adjusted), "raw_ridge": raw_ridge(values, adjusted)}
    return {"theta": express_theta(adjusted), **library, **ridges}, fits


def max_members(values: Floats, adjusted: Adjusted, effort: Effort) -> tuple[Members, pl.DataFrame]:
    """The standard members, the library's damped exponential smoothing and one pooled boosting model; and the library's fits."""
    boosted = adjusted.to_demand(pooled_boosting(adjusted.without_season, adjusted.horizon, adjusted.season_length))
    standard, fits = standard_members(values, adjusted, effort)
    library, more_fits = _library_members((DAMPED_ETS,), adjusted, effort)
    return {**standard, **library, "pooled_boosting": boosted}, pl.concat([fits, more_fits])


def _library_members(models: Sequence[str], adjusted: Adjusted, effort: Effort) -> tuple[Members, pl.DataFrame]:
    histories = [column[np.isfinite(column)] for column in np.exp(adjusted.without_season).T]
    season = np.exp(adjusted.coming_season)

    fitted, fits = zip(
        *(
            fit_or_recall(
                model,
                histories,
                adjusted.horizon,
                known_fits=effort.known_fits,
                workers=effort.workers,
                distributed=effort.distributed,
            )
            for model in models
        ),
        strict=True,
    )
    return {model: part * season for model, part in zip(models, fitted, strict=True)}, pl.concat(fits)


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
ENGINES: Mapping[str, Callable[[Floats, Adjusted, Effort], tuple[Members, pl.DataFrame]]] = {
    "express": lambda _values, adjusted, _effort: (express_members(adjusted), pl.DataFrame(schema=FITS_SCHEMA)),
    "standard": standard_members,
    "max": max_members,
}
