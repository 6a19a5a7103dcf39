"""The tables of the balance as arrays: families × periods, planning units. Planning on them stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.planning.balance.cover import extend_by_season
from sop_pipeline.planning.balance.demand import consume_forecast
from sop_pipeline.planning.balance.opening import Opening, open_position
from sop_pipeline.planning.demand_grid import planned_periods, positions

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Positions = NDArray[np.int64]


@dataclass(frozen=True)
class Axes:
    """The families, sorted, and the periods: history by its last season, then planned, look-ahead at the end."""

    family_position: dict[str, int]
    periods: pl.DataFrame
    horizon: int
    season: int
    remaining_ratio: float

    @property
    def family_ids(self) -> list[str]:
        return list(self.family_position)

    @property
    def planned(self) -> int:
        return self.periods.filter(pl.col("position") >= 0).height

    @property
    def horizon_starts(self) -> pl.Series:
        return self.periods.filter(pl.col("position").is_between(0, self.horizon - 1))["period_start"]

    def grid(
        self, frame: pl.DataFrame, column: str, table: str, *, missing: float = np.nan, first: int = 0, count: int | None = None
    ) -> Floats:
        """Families × `count` periods from position `first` on (planned ones unless said); `missing` where no row or value is."""
        count = self.planned if count is None else count
        rows = frame.join(self.periods.select("period_start", "position"), on="period_start").filter(
            pl.col("position").is_between(first, first + count - 1)
        )
        values = np.full((len(self.family_position), count), missing)
        cells = positions(rows, "family_id", self.family_position, table), rows["position"].to_numpy() - first
        values[cells] = rows[column].cast(pl.Float64).fill_null(missing).to_numpy()
        return values


@dataclass(frozen=True)
class BalanceInputs:
    """Everything the arithmetic reads about families; F families, H periods of the horizon, N planned periods and a season more."""

    axes: Axes
    is_to_order: Flags  # F
    is_uncapacitated: Flags  # F
    fence_periods: Positions  # F
    customer_lead_time_days: Floats  # F, working days the market accepts, 0 where nothing is said
    working_days: Floats  # F × N, whole periods
    days_left: Floats  # F × H
    demand_ahead: Floats  # F × N, whole periods
    demand_left: Floats  # F × H
    has_demand_plan: Flags  # F
    has_history: Flags  # F, a statistical quantity in the horizon
    opening: Opening
    approved_production: Floats  # F × H, NaN without
    previous_rate: Floats  # F, production per working day just before the plan, NaN where nothing was ever made


def build_axes(families: pl.DataFrame, periods: pl.DataFrame) -> Axes:
    """Lay out families and periods; the current period is position 0."""
    planned = planned_periods(periods)
    history = periods.filter(pl.col("period_kind") == "history").sort("period_start")
    ordered = pl.concat([history, planned]).with_columns(position=pl.int_range(pl.len()) - history.height)
    return Axes(
        family_position={family: position for position, family in enumerate(sorted(families["family_id"].to_list()))},
        periods=ordered,
        horizon=planned.filter(pl.col("period_kind") != "look_ahead").height,
        season=int(planned["season_length_periods"][0]),
        remaining_ratio=float(planned["remaining_ratio"][0]),
    )


def build_inputs(
    axes: Axes,
    *,
    family_demand: pl.DataFrame,
    families: pl.DataFrame,
    site_working_days: pl.DataFrame,
    family_history: pl.DataFrame,
    orders_due: pl.DataFrame,
    approved_plans: pl.DataFrame,
    forecast_consumption: pl.DataFrame | None = None,
) -> BalanceInputs:
    """Read the frames of core and plan (their contracts' columns) into arrays: demand after its last step, a season repeated at the end."""
    families = families.sort("family_id")
    is_to_order = np.asarray(families["production_strategy"].to_numpy() != "make_to_stock")
    working_days, days_before, days_left = _working_days(axes, families, site_working_days)
    final = family_demand.filter(pl.col("step") == DEMAND_STEPS[-1])
    consensus = axes.grid(final, "quantity", "plan.family_demand")
    has_demand_plan = np.isfinite(consensus[:, : axes.horizon]).any(axis=1)
    consensus[:, : axes.horizon] = np.nan_to_num(consensus[:, : axes.horizon])
    statistical = axes.grid(family_demand.filter(pl.col("step") == DEMAND_STEPS[0]), "quantity", "plan.family_demand", count=axes.horizon)
    opening = open_position(axes.family_position, family_history, orders_due, axes.periods, is_to_order)
    demand_left = consume_forecast(
        consensus,
        axes.grid(orders_due, "orders_due_quantity", "core.orders_due", missing=0.0),
        opening.to_date["demand"],
        is_to_order=is_to_order,
        fence_periods=families["demand_time_fence_periods"].to_numpy(),
        consumed=None
        if forecast_consumption is None
        else axes.grid(forecast_consumption, "consumed_quantity", "plan.forecast_consumption", missing=0.0),
    )
    whole = demand_left.copy()
    whole[:, 0] += opening.to_date["demand"]
    history = axes.grid(family_history, "demand_quantity", "core.family_history", first=-axes.season, count=axes.season)
    return BalanceInputs(
        axes=axes,
        is_to_order=is_to_order,
        is_uncapacitated=families["is_uncapacitated"].to_numpy(),
        fence_periods=families["planning_time_fence_periods"].to_numpy(),
        customer_lead_time_days=families["customer_lead_time_days"].cast(pl.Float64).fill_null(0.0).to_numpy(),
        working_days=working_days,
        days_left=days_left,
        demand_ahead=extend_by_season(whole, history, working_days, axes.season),
        demand_left=np.round(demand_left[:, : axes.horizon], 6),
        has_demand_plan=np.asarray(has_demand_plan),
        has_history=np.asarray(np.isfinite(statistical).any(axis=1)),
        opening=opening,
        approved_production=axes.grid(approved_plans, "approved_production_quantity", "core.approved_plans", count=axes.horizon),
        previous_rate=_previous_rate(
            axes.grid(family_history, "production_quantity", "core.family_history", first=-axes.season, count=axes.season),
            opening.to_date["production"],
            days_before + working_days[:, 0] - days_left[:, 0],
        ),
    )


def _previous_rate(history: Floats, to_date: Floats, days: Floats) -> Floats:
    """Production per working day of the last closed period and the current one to date together, whose working days are `days`.

    Together, because the first days of a period alone say little. NaN where the last season and the current period made nothing.
    """
    made = np.nan_to_num(history[:, -1]) + to_date
    known = (np.nansum(history, axis=1) + to_date > 0) & (days > 0) & ~np.isnan(history[:, -1])
    return np.divide(made, days, out=np.full_like(made, np.nan), where=known)


def _working_days(axes: Axes, families: pl.DataFrame, site_working_days: pl.DataFrame) -> tuple[Floats, Floats, Floats]:
    """Working days of whole periods, planned and a season more, of the last closed period, and those left of the horizon's.

    Where nothing else is known the planned ones' mean; of the last closed period NaN.
    """
    by_family = families.select("family_id", "site_id").join(axes.periods.select("period_start", "position"), how="cross")
    default = site_working_days.filter(pl.col("site_id") == "").drop("site_id")
    days = by_family.join(site_working_days, on=["site_id", "period_start"], how="left").join(
        default, on="period_start", how="left", suffix="_default"
    )
    days = days.select(
        "family_id",
        "period_start",
        "position",
        "site_id",
        whole=pl.coalesce("working_days", "working_days_default"),
        left=pl.coalesce("remaining_working_days", "remaining_working_days_default"),
    )
    unknown = days.filter((pl.col("position") >= 0) & pl.col("whole").is_null())
    if not unknown.is_empty():
        first = unknown.sort("site_id", "period_start").row(0, named=True)
        raise ValueError(
            f"core.site_working_days: no working_days for site '{first['site_id']}' in the period of {first['period_start']} and none for "
            f"the company's default calendar (site ''); {unknown.height} cells lack them: add rows to working_calendar"
        )
    planned = axes.grid(days, "whole", "core.families")
    history = axes.grid(days, "whole", "core.families", first=-axes.season, count=axes.season)
    mean = np.repeat(planned.mean(axis=1)[:, None], planned.shape[1] + axes.season, axis=1)
    left = axes.grid(days, "left", "core.families", count=axes.horizon)
    return extend_by_season(planned, history, mean, axes.season), history[:, -1], left
