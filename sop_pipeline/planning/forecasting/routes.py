"""Forecast, bounds and reasons of the series that take the same way: ensemble, short, intermittent, zero.

Frames and the guard stay out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
import polars as pl

from sop_pipeline.planning.forecasting.adjust import Adjusted, adjust, adjust_by
from sop_pipeline.planning.forecasting.demand_class import DemandProfile
from sop_pipeline.planning.forecasting.express import smoothed_level
from sop_pipeline.planning.forecasting.fallback import RUNG_ALL, RUNG_ZERO, combine_members
from sop_pipeline.planning.forecasting.fits import FITS_SCHEMA
from sop_pipeline.planning.forecasting.groups import GroupSeason, group_seasons
from sop_pipeline.planning.forecasting.growth import hold_growth
from sop_pipeline.planning.forecasting.intermittent import intermittent_forecast
from sop_pipeline.planning.forecasting.intervals import (
    Bounds,
    ErrorPool,
    intermittent_bounds,
    past_intermittent_errors,
    past_log_errors,
    root_mean_square,
    smooth_bounds,
)
from sop_pipeline.planning.forecasting.members import Effort, Engine, engine_members, express_theta
from sop_pipeline.planning.forecasting.panel import Floats, take_series
from sop_pipeline.planning.forecasting.ridge import seasonal_scale

CREDIBLE_MULTIPLE = 10.0  # no statistical model knows of demand ten times the largest ever seen


@dataclass(frozen=True)
class Setting:
    """What every route needs to know beside the histories."""

    horizon: int
    season_length: int
    engine: Engine
    levels: Sequence[int]
    effort: Effort


@dataclass(frozen=True)
class Routed:
    """Result for the series at `columns`: forecast (horizon x series), bounds per level, method, rung and reason of each series.

    `fits`: those of the library's models behind it.
    """

    columns: npt.NDArray[np.int64]
    forecast: Floats
    bounds: Bounds
    method: list[str]
    rung: list[str]
    reason: list[str]
    fits: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FITS_SCHEMA))


@dataclass(frozen=True)
class _Smooth:
    """Series of one smooth route: positions, demand, its adjustment, members and the scale of its adjusted logs."""

    columns: npt.NDArray[np.int64]
    values: Floats
    adjusted: Adjusted
    members: Mapping[str, Floats]
    scale: Floats


def route_smooth(
    values: Floats,
    own: npt.NDArray[np.int64],
    short: npt.NDArray[np.int64],
    groups: npt.NDArray[np.str_],
    setting: Setting,
) -> list[Routed]:
    """Forecast regular demand: series at `own` by the ensemble on their own season, those at `short` by smoothing on their group's.

    `values`: periods x series; `groups`: group of each series, empty for none. Both share one pool of past errors.
    """
    own_values, short_values = take_series(values, own), take_series(values, short)
    adjusted = adjust(own_values, setting.horizon, setting.season_length)
    season = _borrowed_season(adjusted.indices, own, short, groups)
    young = adjust_by(short_values, season.indices, setting.horizon)
    scales = [seasonal_scale(part.without_season, setting.season_length) for part in (adjusted, young)]
    typical_scale = float(np.median(scales[0] if len(own) else scales[1])) if len(own) or len(short) else 1.0
    # A backtest asks for no bounds: then nothing is refitted at past origins.
    learning = own_values if setting.levels else own_values[:, :0]
    pool = past_log_errors(learning, typical_scale, horizon=setting.horizon, season_length=setting.season_length)
    routed = []
    if len(own):
        members, fits = engine_members(setting.engine, own_values, adjusted, setting.effort)
        method = [f"{setting.engine}_ensemble"] * len(own)
        base = f"regular demand over two seasons or more: mean of {', '.join(members)}"
        reason = [
            f"{base}; what came before the step {since} periods before the end is lifted to the level after it" if since else base
            for since in adjusted.periods_since_step
        ]
        ensemble = _smooth_result(_Smooth(own, own_values, adjusted, members, scales[0]), method, reason, pool, setting)
        routed.append(replace(ensemble, fits=fits))
    if len(short):
        smoothing = {"smoothing": young.to_demand(smoothed_level(young.without_season, setting.horizon))}
        method, reason = _describe_short(short_values, season, groups[short])
        routed.append(_smooth_result(_Smooth(short, short_values, young, smoothing, scales[1]), method, reason, pool, setting))
    return routed


def route_intermittent(values: Floats, columns: npt.NDArray[np.int64], profile: DemandProfile, setting: Setting) -> list[Routed]:
    """Forecast demand that comes now and then: flat, without season."""
    if not len(columns):
        return []
    own = take_series(values, columns)
    forecast = _credible(intermittent_forecast(own, setting.horizon, setting.season_length), own)
    learning = own if setting.levels else own[:, :0]
    errors = past_intermittent_errors(learning, horizon=setting.horizon, season_length=setting.season_length)
    reason = [
        f"demand once in {interval:.2f} periods (1.32 or more): mean of IMAPA and the average of the last season"
        for interval in profile.average_interval[columns]
    ]
    return [
        Routed(
            columns,
            forecast,
            intermittent_bounds(forecast, root_mean_square(own), errors, setting.levels),
            ["intermittent"] * len(columns),
            [RUNG_ALL] * len(columns),
            reason,
        )
    ]


def route_zero(columns: npt.NDArray[np.int64], method: str, reason: str, setting: Setting) -> list[Routed]:
    """Forecast nothing, for one reason."""
    if not len(columns):
        return []
    zero = np.zeros((setting.horizon, len(columns)))
    bounds = dict.fromkeys(setting.levels, (zero, zero))
    return [Routed(columns, zero, bounds, [method] * len(columns), [RUNG_ZERO] * len(columns), [reason] * len(columns))]


def _smooth_result(part: _Smooth, method: list[str], reason: list[str], pool: ErrorPool, setting: Setting) -> Routed:
    combined = combine_members(part.members, setting.horizon, part.values, setting.season_length, lambda: express_theta(part.adjusted))
    growth = hold_growth(combined.forecast, part.adjusted)
    forecast = _credible(growth.forecast, part.values)
    guards = {
        "growth held at what every recent half season shows over the same a season earlier": growth.from_above,
        "decline held at what every recent half season shows over the same a season earlier": growth.from_below,
        "held at ten times the largest demand seen": np.logical_or.reduce(forecast < growth.forecast, axis=0),
    }
    notes = [
        "; ".join([why, *([left_out] if left_out else []), *(text for text, acts in guards.items() if acts[column])])
        for column, (why, left_out) in enumerate(zip(reason, combined.reason, strict=True))
    ]
    bounds = smooth_bounds(forecast, part.scale, pool, setting.levels)
    return Routed(part.columns, forecast, bounds, method, combined.rung.tolist(), notes)


def _credible(forecast: Floats, values: Floats) -> Floats:
    return np.minimum(forecast, CREDIBLE_MULTIPLE * np.fmax.reduce(values, axis=0, initial=0.0))


def _borrowed_season(
    indices: Floats, own: npt.NDArray[np.int64], short: npt.NDArray[np.int64], groups: npt.NDArray[np.str_]
) -> GroupSeason:
    """The group seasons as the short series see them: taught by those at `own`."""
    joined = np.concatenate([indices, np.zeros((len(indices), len(short)))], axis=1)
    teaches = np.arange(joined.shape[1]) < len(own)
    season = group_seasons(joined, teaches, groups[np.concatenate([own, short])])
    return GroupSeason(season.indices[:, len(own) :], season.explained[len(own) :], season.trusted[len(own) :])


def _describe_short(values: Floats, season: GroupSeason, groups: npt.NDArray[np.str_]) -> tuple[list[str], list[str]]:
    method, reason = [], []
    for length, trusted, explained, group in zip(np.isfinite(values).sum(axis=0), season.trusted, season.explained, groups, strict=True):
        method.append("group_season" if trusted else "smoothing")
        if trusted:
            how = f"the season of group {group} (explains {explained:.2f} of its members') on simple smoothing"
        elif group:
            share = f"{max(explained, 0.0):.2f} of its members' (0.60 needed)"
            how = f"simple smoothing without a season, as group {group} explains {share}"
        else:
            how = "simple smoothing without a season, as the series has no group to borrow one from"
        reason.append(f"{length} periods of history, less than two seasons: {how}")
    return method, reason
