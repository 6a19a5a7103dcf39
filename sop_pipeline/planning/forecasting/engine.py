"""The one entry point of the statistical forecast: guard, route, assemble frames.

Models, fallbacks and bounds stay in their modules.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from sop_pipeline.planning.forecasting.demand_class import (
    NO_DEMAND,
    ROUTE_ENSEMBLE,
    ROUTE_INTERMITTENT,
    ROUTE_SHORT,
    ROUTE_ZERO,
    SEASONS_TO_LEARN,
    DemandProfile,
    profile_demand,
)
from sop_pipeline.planning.forecasting.distributed import Backend
from sop_pipeline.planning.forecasting.fits import FITS_SCHEMA
from sop_pipeline.planning.forecasting.history import PreparedHistory, prepare_history
from sop_pipeline.planning.forecasting.members import ENGINES, Effort, Engine
from sop_pipeline.planning.forecasting.panel import Floats, Panel
from sop_pipeline.planning.forecasting.routes import Routed, Setting, route_intermittent, route_smooth, route_zero

QUANTITY_DECIMALS = 6
ROUTE_DELISTED = "delisted"

METHODS_SCHEMA = pl.Schema(
    {
        "series_id": pl.String,
        "demand_class": pl.String,
        "method": pl.String,
        "rung": pl.String,
        "reason": pl.String,
        "adi": pl.Float64,
        "cv2": pl.Float64,
        "observations": pl.Int64,
    }
)


@dataclass(frozen=True)
class ItemForecasts:
    """What `forecast_items` gives back, each frame ordered by its key.

    `forecasts`: one row per series and period ahead: `series_id, horizon_index` (1 = the first period after the last
    closed one),
    `forecast_quantity`, and `lower_<level>, upper_<level>` for each level; Float64 in the unit of the series, rounded
    to 6 decimals.
    `methods`: one row per series: `demand_class, method, rung, reason, adi, cv2` (null without demand),
    `observations`.
    `corrections`: one row per series, period and kind of correction: `before, after, reason`.
    `fits`: what the library's models forecast, by digest of their input, to be given back as `known_fits` the next night.
    """

    forecasts: pl.DataFrame
    methods: pl.DataFrame
    corrections: pl.DataFrame
    fits: pl.DataFrame


def forecast_items(
    history: pl.DataFrame,
    *,
    series: pl.DataFrame,
    horizon_periods: int,
    season_length: int,
    engine: Engine = "standard",
    levels: Sequence[int] = (80, 95),
    last_period_index: int | None = None,
    workers: int = 1,
    distributed: Backend | None = None,
    known_fits: pl.DataFrame | None = None,
) -> ItemForecasts:
    """Forecast every series for the `horizon_periods` periods after its last closed one.

    Args:
        history: one row per series and period: `series_id: String`, `period_index: Int64` (any origin, one step per
            period), `quantity: Float64`, optionally `is_stock_out: Boolean`. What is irregular is corrected and
            listed, see `prepare_history`.
        series: one row per series to forecast: `series_id`, optionally `group_id: String` (whose season young members
            may borrow) and `last_listed_index: Int64` (null while the item is listed). Series that are only in
            `history` are forecast too.
        horizon_periods: periods to forecast, at least 1.
        season_length: periods of a year, 12 or 13; 4 and more work.
        engine: `standard`, `express` (fewer members, a third of the cost) or `max` (more members, many times the cost; needs the extra of
            that name).
        levels: coverage of the bounds in percent, each between 1 and 99.
        last_period_index: the last closed period; by default the last one of `history`.
        workers: processes the standard engine may use for thousands of series; never changes a number.
        distributed: `dask`, `ray` or `spark`: fit the library's models on the cluster this process is connected to; worth it from about
            a million series. Changes forecasts by less than 1e-5 of their size.
        known_fits: `ItemForecasts.fits` of an earlier call; what has not changed is not fitted again, and without anything to fit the
            library is not even imported. Never changes a number.

    Forecasts are finite and not below 0; each series gets one method and its reason. The rows may come in any order:
    the result is the same to the last byte.

    Raises ValueError for an unknown engine, a horizon, season or level out of range, missing columns or empty keys.
    """
    setting = _setting(horizon_periods, season_length, engine, levels, Effort(workers, distributed, known_fits))
    prepared = prepare_history(history, series, season_length=season_length, last_period_index=last_period_index)
    profile = profile_demand(prepared.panel, season_length)
    routed = _route(prepared.panel, profile, _groups(series, prepared.panel.series_ids), prepared.delisted, setting)
    # Series that never sold have no column in the panel; they follow it.
    unsold = len(prepared.panel.series_ids) + np.arange(len(prepared.never_sold))
    routed += route_zero(unsold, "no_demand", "no demand in any closed period", setting)
    return ItemForecasts(
        forecasts=_forecast_rows(prepared, routed, setting),
        methods=_method_rows(prepared, profile, routed),
        corrections=prepared.corrections,
        fits=pl.concat([part.fits for part in routed]) if routed else pl.DataFrame(schema=FITS_SCHEMA),
    )


def forecast_panel(panel: Panel, series: pl.DataFrame, *, horizon_periods: int, season_length: int) -> Floats:
    """Forecast a panel that is regular already with the express engine, without bounds; horizon x series, in the unit of each series.

    `series`: as in `forecast_items`, of which only `group_id` is read.
    """
    setting = _setting(horizon_periods, season_length, "express", (), Effort())
    forecast = np.zeros((horizon_periods, len(panel.series_ids)))
    for part in _route(panel, profile_demand(panel, season_length), _groups(series, panel.series_ids), (), setting):
        forecast[:, part.columns] = part.forecast
    return forecast


def _route(panel: Panel, profile: DemandProfile, groups: npt.NDArray[np.str_], delisted: Sequence[str], setting: Setting) -> list[Routed]:
    """Send every series of the panel its way."""
    gone = np.isin(np.array(panel.series_ids, dtype=np.object_), delisted)
    route = np.where(gone, ROUTE_DELISTED, profile.route)
    ensemble, short, intermittent, silent, no_longer = (
        np.flatnonzero(route == name) for name in (ROUTE_ENSEMBLE, ROUTE_SHORT, ROUTE_INTERMITTENT, ROUTE_ZERO, ROUTE_DELISTED)
    )
    return [
        *route_smooth(panel.values, ensemble, short, groups, setting),
        *route_intermittent(panel.values, intermittent, profile, setting),
        *route_zero(silent, "no_demand", f"no demand in the last {SEASONS_TO_LEARN * setting.season_length} periods", setting),
        *route_zero(no_longer, "delisted", "no longer listed when the history ends", setting),
    ]


def _setting(horizon_periods: int, season_length: int, engine: Engine, levels: Sequence[int], effort: Effort) -> Setting:
    if engine not in ENGINES:
        raise ValueError(f"forecast engine {engine!r} is none of {', '.join(ENGINES)}")
    if horizon_periods < 1 or season_length < 4:
        raise ValueError(
            f"horizon_periods is {horizon_periods} and season_length {season_length}: they start at 1 and 4, "
            "a season usually has 12 or 13 periods"
        )
    outside = [level for level in levels if not 1 <= level <= 99]
    if outside:
        raise ValueError(f"forecast levels {outside} are not whole percents between 1 and 99")
    return Setting(horizon_periods, season_length, engine, sorted(set(levels)), effort)


def _groups(series: pl.DataFrame, series_ids: Sequence[str]) -> npt.NDArray[np.str_]:
    """The group of each series of the panel, empty for none."""
    if "group_id" not in series.columns:
        return np.full(len(series_ids), "", dtype=np.str_)
    group_of = dict(series.select("series_id", pl.col("group_id").cast(pl.String).fill_null("")).iter_rows())
    return np.array([group_of.get(series_id, "") for series_id in series_ids], dtype=np.str_)


def _forecast_rows(prepared: PreparedHistory, routed: Sequence[Routed], setting: Setting) -> pl.DataFrame:
    series_ids = [*prepared.panel.series_ids, *prepared.never_sold]
    names = ["forecast_quantity", *(f"{side}_{level}" for level in setting.levels for side in ("lower", "upper"))]
    cells = np.zeros((len(names), setting.horizon, len(series_ids)))
    for part in routed:
        both = [bound for level in setting.levels for bound in part.bounds[level]]
        cells[:, :, part.columns] = np.array([part.forecast, *both])
    rounded = np.round(cells, QUANTITY_DECIMALS).transpose(0, 2, 1).reshape(len(names), -1)
    return pl.DataFrame(
        {
            "series_id": pl.Series(series_ids, dtype=pl.String).repeat_by(setting.horizon).explode(),
            "horizon_index": np.tile(np.arange(1, setting.horizon + 1), len(series_ids)),
            **dict(zip(names, rounded, strict=True)),
        }
    ).sort("series_id", "horizon_index")


def _method_rows(prepared: PreparedHistory, profile: DemandProfile, routed: Sequence[Routed]) -> pl.DataFrame:
    series_ids = [*prepared.panel.series_ids, *prepared.never_sold]
    unsold = len(prepared.never_sold)
    texts = {name: np.full(len(series_ids), "", dtype=np.object_) for name in ("method", "rung", "reason")}
    for part in routed:
        for name, column in texts.items():
            column[part.columns] = getattr(part, name)
    return pl.DataFrame(
        {
            "series_id": series_ids,
            "demand_class": [*profile.demand_class.tolist(), *[NO_DEMAND] * unsold],
            **{name: column.tolist() for name, column in texts.items()},
            "adi": [*profile.average_interval.tolist(), *[None] * unsold],
            "cv2": [*profile.squared_variation.tolist(), *[None] * unsold],
            "observations": [*profile.observations.tolist(), *[0] * unsold],
        },
        schema=METHODS_SCHEMA,
    ).sort("series_id")
