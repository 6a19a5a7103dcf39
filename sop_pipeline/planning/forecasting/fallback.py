"""The mean of the members that can be trusted, and what stands in when none can. The members themselves stay out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sop_pipeline.planning.forecasting.intermittent import recent_mean
from sop_pipeline.planning.forecasting.panel import Flags, Floats

RUNG_ALL, RUNG_SOME, RUNG_THETA, RUNG_NAIVE, RUNG_MEAN, RUNG_ZERO = (
    "all_members",
    "some_members",
    "theta",
    "seasonal_naive",
    "recent_mean",
    "zero",
)


@dataclass(frozen=True)
class Combined:
    """Forecast (horizon x series, finite and not below 0) with the rung of the ladder and the reason of each series."""

    forecast: Floats
    rung: npt.NDArray[np.str_]
    reason: npt.NDArray[np.object_]


def combine_members(
    members: Mapping[str, Floats], horizon: int, values: Floats, season_length: int, stand_in: Callable[[], Floats]
) -> Combined:
    """Average the members of each series with equal weights, each floored at 0 first; one that is not finite is left out and named.

    `members`: name -> horizon x series, in the unit of the demand. Where none is left: `stand_in()` (the Theta
    forecast), then the seasonal naive, then the mean of the last season, then 0; the first that is finite.
    """
    series = values.shape[1]
    usable: dict[str, Flags] = {name: np.logical_and.reduce(np.isfinite(member), axis=0) for name, member in members.items()}
    count = sum((flags.astype(np.float64) for flags in usable.values()), np.zeros(series))
    total = np.zeros((horizon, series))
    for name, member in members.items():
        # Divided before the sum: members near the largest number must not overflow together.
        total += np.where(usable[name], np.maximum(np.where(usable[name], member, 0.0), 0.0) / np.maximum(count, 1), 0.0)
    forecast = np.where(count > 0, total, np.nan)
    rung: npt.NDArray[np.str_] = np.where(count == len(members), RUNG_ALL, np.where(count > 0, RUNG_SOME, "")).astype("<U16")
    ladder: Mapping[str, Callable[[], Floats]] = {
        RUNG_THETA: stand_in,
        RUNG_NAIVE: lambda: seasonal_naive(values, horizon, season_length),
        RUNG_MEAN: lambda: np.repeat(recent_mean(values, season_length)[None], horizon, axis=0),
        RUNG_ZERO: lambda: np.zeros((horizon, series)),
    }
    for name, stands_in in ladder.items():
        if (rung != "").all():
            break
        candidate = stands_in()
        take = (rung == "") & np.logical_and.reduce(np.isfinite(candidate), axis=0)
        forecast = np.where(take, np.maximum(candidate, 0.0), forecast)
        rung = np.where(take, name, rung)
    reason = np.full(series, "", dtype=np.object_)
    for column in np.flatnonzero(count < len(members)):
        dropped = ", ".join(name for name in members if not usable[name][column])
        reason[column] = f"not finite, left out: {dropped}"
    return Combined(forecast, rung, reason)


def seasonal_naive(values: Floats, horizon: int, season_length: int) -> Floats:
    """The demand of the same period one season ago, horizon x series; NaN for series shorter than a season."""
    if len(values) < season_length:
        return np.full((horizon, values.shape[1]), np.nan)
    return values[len(values) - season_length + np.arange(horizon) % season_length]
