"""The statistical demand plan of a night: core's histories through the forecasting engine into the tables of schema forecast.

Models stay in `forecasting/`, what people add in `consensus`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sop_pipeline.planning.cleaned_history import CleanedDemand, clean_demand
from sop_pipeline.planning.forecast_members import forecast_members, last_listed, with_stock_outs
from sop_pipeline.planning.forecasting import ItemForecasts, forecast_items
from sop_pipeline.planning.forecasting.accuracy import measure_accuracy
from sop_pipeline.planning.forecasting.backtest import backtest
from sop_pipeline.planning.forecasting.distributed import Backend
from sop_pipeline.planning.forecasting.members import Engine
from sop_pipeline.planning.forecasting.mix import split_by_mix
from sop_pipeline.planning.forecasting.reconcile import FamilyForecasts, reconcile_families
from sop_pipeline.planning.forecasting.working_days import from_daily_rate, pairs_from_daily_rate, to_daily_rate
from sop_pipeline.planning.hand_over import as_if_kept, hand_over
from sop_pipeline.planning.launches import forecast_launches
from sop_pipeline.planning.price_changes import price_effects

PUBLISHED_LEVEL = 80
BACKTEST_LAGS = 6
LAST_CLOSED = -1


@dataclass(frozen=True)
class ForecastSetting:
    """How the night forecasts: as in `sop.yaml`; `per_working_day` divides demand by working days before the fit.

    The bounds at 80 % are published, so that level is always computed, whatever `levels` says.
    """

    engine: Engine
    workers: int
    backtest_origins: int
    per_working_day: bool
    levels: tuple[int, ...] = (PUBLISHED_LEVEL,)
    distributed: Backend | None = None


@dataclass(frozen=True)
class DemandForecast:
    """The tables of schema forecast, by address, and what they rest on.

    `cleaned`: the history the models saw; `members`: the items forecast, as `forecast_members` returns them. `fits` and `family_pairs` are
    to be given back as `known_fits` and `kept_pairs` the next night.
    """

    tables: Mapping[str, pl.DataFrame]
    cleaned: CleanedDemand
    members: pl.DataFrame
    fits: pl.DataFrame
    family_pairs: pl.DataFrame


def forecast_demand(
    *,
    periods: pl.DataFrame,
    site_working_days: pl.DataFrame,
    families: pl.DataFrame,
    items: pl.DataFrame,
    item_period_history: pl.DataFrame,
    family_history: pl.DataFrame,
    promotion_periods: pl.DataFrame,
    item_successions: pl.DataFrame,
    one_off_orders: pl.DataFrame,
    product_launches: pl.DataFrame,
    price_changes: pl.DataFrame,
    setting: ForecastSetting,
    known_fits: pl.DataFrame | None = None,
    kept_pairs: pl.DataFrame | None = None,
) -> DemandForecast:
    """Forecast every item and family over the planned periods, look-ahead included.

    Frames are those of the contracts in core. Make-to-stock items are forecast one by one and made to agree with their family;
    make-to-order families are forecast on bookings and split by the mix of the last season. The models see the history without
    promotions, which the plan puts back as steps of their own, with stock-outs filled and predecessors joined. A family without any demand
    in its history
    has no statistical forecast: its quantities are null. `known_fits` and `kept_pairs`: `fits` and `family_pairs` of an earlier night; what
    they hold is not computed again, and no number changes.
    """
    season_length = int(periods["season_length_periods"][0])
    planned = periods.filter(pl.col("periods_from_now") >= 0).select(
        "period_start", "period_end", horizon_index=pl.col("periods_from_now").cast(pl.Int64) + 1
    )
    days = _working_days(periods, site_working_days)
    raw_families = _closed(family_history, "family_id")
    with_history = raw_families.group_by("series_id").agg(pl.col("quantity").abs().sum()).filter(pl.col("quantity") > 0)["series_id"]
    members = forecast_members(items, families, item_period_history, item_successions, with_history)
    cleaned = clean_demand(
        item_history=_closed(with_stock_outs(item_period_history, members), "item_id", "is_stock_out").join(
            members, left_on="series_id", right_on="item_id", how="semi"
        ),
        family_history=raw_families.filter(pl.col("series_id").is_in(with_history.implode())),
        members=members,
        promotion_periods=promotion_periods,
        item_successions=item_successions,
        one_off_orders=one_off_orders,
        periods=periods,
        season_length=season_length,
    )
    to_stock = members.filter(pl.col("production_strategy") == "make_to_stock")
    to_order = members.filter(pl.col("production_strategy") != "make_to_stock")

    def run(history: pl.DataFrame, series: pl.DataFrame) -> ItemForecasts:
        return _forecast(history, series, days, horizon=planned.height, season_length=season_length, setting=setting, known_fits=known_fits)

    family_series = cleaned.families.select("series_id").unique().sort("series_id")
    by_family = run(cleaned.families, family_series)
    by_item = run(
        cleaned.items.join(to_stock, left_on="series_id", right_on="item_id", how="semi"),
        to_stock.select(series_id="item_id", group_id="family_id", last_listed_index=last_listed(periods)),
    )
    stocked = reconcile_families(
        hand_over(by_item.forecasts, to_stock, item_successions, planned),
        by_family.forecasts.filter(pl.col("series_id").is_in(to_stock["family_id"].implode())),
        to_stock.select("item_id", "family_id", "weight"),
    )
    as_a_whole = by_family.forecasts.filter(pl.col("series_id").is_in(to_order["family_id"].implode()))
    split = split_by_mix(
        as_a_whole,
        cleaned.items.join(to_order, left_on="series_id", right_on="item_id", how="semi").rename({"series_id": "item_id"}),
        to_order.select("item_id", "family_id", "weight"),
        season_length=season_length,
        last_period_index=LAST_CLOSED,
    )
    ordered = split
    if to_order["phase_out_date"].count() or to_order.join(item_successions, left_on="item_id", right_on="old_item_id", how="semi").height:
        # What ends leaves its share to its successor, else to the rest of the family.
        ordered = reconcile_families(
            hand_over(split.items, to_order, item_successions, planned), as_a_whole, to_order.select("item_id", "family_id", "weight")
        )
    by_index = days.rename({"periods_from_now": "period_index"})
    pairs = backtest(
        to_daily_rate(cleaned.families, by_index) if setting.per_working_day else cleaned.families,
        series=family_series,
        season_length=season_length,
        horizon_periods=BACKTEST_LAGS,
        origins=setting.backtest_origins,
        last_period_index=LAST_CLOSED,
        kept_pairs=kept_pairs,
    )
    like_items = as_if_kept([stocked.items, ordered.items], [by_item.forecasts, split.items], members, item_successions)
    tables = {
        "forecast.item_forecast": _item_rows([stocked, ordered], members, planned),
        "forecast.family_forecast": _family_rows([stocked, ordered], families, planned),
        "forecast.item_methods": _method_rows(by_item.methods, by_family.methods, members),
        "forecast.history_corrections": _correction_rows([cleaned.corrections, by_item.corrections], periods),
        "forecast.estimated_uplifts": cleaned.uplifts,
        "forecast.launch_forecast": forecast_launches(
            product_launches,
            like_items.join(planned, on="horizon_index").select("period_start", "forecast_quantity", item_id="series_id"),
            periods,
        ),
        "forecast.price_effects": price_effects(price_changes, cleaned.items, periods, season_length=season_length),
        "forecast.family_intervals": _interval_rows([stocked, ordered], planned, setting.levels),
        "forecast.family_backtest": _backtest_rows(pairs_from_daily_rate(pairs, by_index) if setting.per_working_day else pairs),
    }
    fits = pl.concat([by_family.fits, by_item.fits]).unique(maintain_order=True)
    return DemandForecast(tables, cleaned, members, fits, pairs)


def _closed(history: pl.DataFrame, key: str, *more: str) -> pl.DataFrame:
    """Closed periods as the engine wants them; the last one has index -1, so that index and `periods_from_now` are one number."""
    return history.filter(pl.col("periods_from_now") < 0).select(
        *more,
        series_id=pl.col(key),
        period_index=pl.col("periods_from_now").cast(pl.Int64),
        quantity=pl.col("demand_quantity").cast(pl.Float64),
    )


def _working_days(periods: pl.DataFrame, site_working_days: pl.DataFrame) -> pl.DataFrame:
    """Working days of the company's own calendar by index of the period."""
    company = site_working_days.filter(pl.col("site_id") == "")
    return periods.join(company, on="period_start").select(pl.col("periods_from_now").cast(pl.Int64), "working_days")


def _forecast(
    history: pl.DataFrame,
    series: pl.DataFrame,
    days: pl.DataFrame,
    *,
    horizon: int,
    season_length: int,
    setting: ForecastSetting,
    known_fits: pl.DataFrame | None,
) -> ItemForecasts:
    if setting.per_working_day:
        history = to_daily_rate(history, days.rename({"periods_from_now": "period_index"}))
    found = forecast_items(
        history,
        series=series,
        horizon_periods=horizon,
        season_length=season_length,
        engine=setting.engine,
        levels=sorted({PUBLISHED_LEVEL, *setting.levels}),
        last_period_index=LAST_CLOSED,
        workers=setting.workers,
        distributed=setting.distributed,
        known_fits=known_fits,
    )
    if not setting.per_working_day:
        return found
    ahead = days.with_columns(horizon_index=pl.col("periods_from_now") + 1).drop("periods_from_now")
    return replace(found, forecasts=from_daily_rate(found.forecasts, ahead))


def _quantities() -> dict[str, pl.Expr]:
    return {
        "statistical_quantity": pl.col("forecast_quantity"),
        "statistical_lower_quantity": pl.col(f"lower_{PUBLISHED_LEVEL}"),
        "statistical_upper_quantity": pl.col(f"upper_{PUBLISHED_LEVEL}"),
    }


def _item_rows(found: Sequence[FamilyForecasts], members: pl.DataFrame, planned: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat([part.items for part in found], how="diagonal_relaxed")
    return (
        rows.join(planned, on="horizon_index")
        .join(members.select("item_id", "family_id"), left_on="series_id", right_on="item_id")
        .select("family_id", "period_start", item_id=pl.col("series_id"), **_quantities())
    )


def _family_rows(found: Sequence[FamilyForecasts], families: pl.DataFrame, planned: pl.DataFrame) -> pl.DataFrame:
    rows = pl.concat([part.families for part in found], how="diagonal_relaxed").join(planned, on="horizon_index")
    grid = families.select("family_id").join(planned.select("period_start"), how="cross")
    return grid.join(
        rows.select("period_start", family_id=pl.col("series_id"), **_quantities()), on=["family_id", "period_start"], how="left"
    )


def _interval_rows(found: Sequence[FamilyForecasts], planned: pl.DataFrame, levels: Sequence[int]) -> pl.DataFrame:
    """Bounds of the families at every level of the setting."""
    rows = pl.concat([part.families for part in found], how="diagonal_relaxed").join(planned, on="horizon_index")
    bounds = [
        rows.select(
            "period_start",
            family_id=pl.col("series_id"),
            level_ratio=pl.lit(level / 100.0),
            lower_quantity=pl.col(f"lower_{level}"),
            upper_quantity=pl.col(f"upper_{level}"),
        )
        for level in sorted(set(levels))
    ]
    return pl.concat(bounds)


def _method_rows(of_items: pl.DataFrame, of_families: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Methods of the items; those of make-to-order families are the family's."""
    columns = ("demand_class", "method", "reason", "observations")
    own = members.join(of_items.select("series_id", *columns), left_on="item_id", right_on="series_id")
    shared = members.filter(pl.col("production_strategy") != "make_to_stock").join(
        of_families.select("series_id", *columns), left_on="family_id", right_on="series_id"
    )
    return pl.concat([own, shared.with_columns(reason=pl.concat_str(pl.lit("share of the family: "), "reason"))]).select(
        "item_id", "family_id", *columns
    )


def _correction_rows(corrections: Sequence[pl.DataFrame], periods: pl.DataFrame) -> pl.DataFrame:
    return (
        pl.concat(corrections)
        .join(periods.select("period_start", period_index=pl.col("periods_from_now").cast(pl.Int64)), on="period_index")
        .select(
            "period_start", "kind", "reason", item_id=pl.col("series_id"), quantity_before=pl.col("before"), quantity_after=pl.col("after")
        )
    )


def _backtest_rows(pairs: pl.DataFrame) -> pl.DataFrame:
    error = pl.col("forecast_quantity") - pl.col("actual_quantity")
    spread = (
        pairs.sort("series_id", "lag", "origin_index").group_by("series_id", "lag").agg(error_deviation_quantity=error.std(ddof=0).round(6))
    )
    measured = measure_accuracy(pairs, ["series_id", "lag"])
    return measured.join(spread, on=["series_id", "lag"]).select(
        "actual_quantity",
        "wape_ratio",
        "bias_ratio",
        "mase_ratio",
        "tracking_signal",
        "naive_wape_ratio",
        "value_added_ratio",
        "compared_quantity",
        "error_deviation_quantity",
        family_id=pl.col("series_id"),
        lag_periods=pl.col("lag").cast(pl.Int64),
        observations=pl.col("pairs").cast(pl.Int64),
    )
