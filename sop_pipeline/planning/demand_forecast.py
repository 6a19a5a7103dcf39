"""The statistical demand plan of a night: core's histories through the forecasting engine into the tables of schema forecast.

Models stay in `forecasting/`, what people add in `consensus`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from sop_pipeline.planning.forecasting import ItemForecasts, forecast_items
from sop_pipeline.planning.forecasting.accuracy import measure_accuracy
from sop_pipeline.planning.forecasting.backtest import backtest
from sop_pipeline.planning.forecasting.members import Engine
from sop_pipeline.planning.forecasting.mix import split_by_mix
from sop_pipeline.planning.forecasting.reconcile import FamilyForecasts, reconcile_families
from sop_pipeline.planning.forecasting.working_days import from_daily_rate, to_daily_rate

PUBLISHED_LEVEL = 80
BACKTEST_LAGS = 6
LAST_CLOSED = -1


@dataclass(frozen=True)
class ForecastSetting:
    """How the night forecasts: engine and workers as in `sop.yaml`; `per_working_day` divides demand by working days before the fit."""

    engine: Engine
    workers: int
    backtest_origins: int
    per_working_day: bool


def forecast_demand(
    *,
    periods: pl.DataFrame,
    site_working_days: pl.DataFrame,
    families: pl.DataFrame,
    items: pl.DataFrame,
    item_period_history: pl.DataFrame,
    family_history: pl.DataFrame,
    setting: ForecastSetting,
) -> Mapping[str, pl.DataFrame]:
    """Forecast every item and family over the planned periods, look-ahead included.

    Frames are those of the contracts in core. Make-to-stock items are forecast one by one and made to agree with their family;
    make-to-order families are forecast on bookings and split by the mix of the last season. A family without any demand in its history
    has no statistical forecast: its quantities are null. Returns the tables of schema forecast, by address.
    """
    season_length = int(periods["season_length_periods"][0])
    planned = periods.filter(pl.col("periods_from_now") >= 0).select(
        "period_start", horizon_index=pl.col("periods_from_now").cast(pl.Int64) + 1
    )
    days = _working_days(periods, site_working_days)
    closed_families = _closed(family_history, "family_id")
    with_history = closed_families.group_by("series_id").agg(pl.col("quantity").abs().sum()).filter(pl.col("quantity") > 0)["series_id"]
    closed_families = closed_families.filter(pl.col("series_id").is_in(with_history.implode()))
    members = (
        items.filter(pl.col("family_id").is_in(with_history.implode()) & pl.col("item_id").is_in(item_period_history["item_id"].implode()))
        .select("item_id", "family_id", "phase_out_date", weight=pl.col("planning_units_per_unit"))
        .join(families.select("family_id", "production_strategy"), on="family_id")
        .sort("item_id")
    )
    closed_items = _closed(item_period_history, "item_id").join(members, left_on="series_id", right_on="item_id", how="semi")
    to_stock = members.filter(pl.col("production_strategy") == "make_to_stock")
    to_order = members.filter(pl.col("production_strategy") != "make_to_stock")

    def run(history: pl.DataFrame, series: pl.DataFrame) -> ItemForecasts:
        return _forecast(history, series, days, horizon=planned.height, season_length=season_length, setting=setting)

    family_series = closed_families.select("series_id").unique().sort("series_id")
    by_family = run(closed_families, family_series)
    by_item = run(
        closed_items.join(to_stock, left_on="series_id", right_on="item_id", how="semi"),
        to_stock.select(series_id="item_id", group_id="family_id", last_listed_index=_last_listed(periods)),
    )
    stocked = reconcile_families(
        _without_phased_out(by_item.forecasts, to_stock, planned),
        by_family.forecasts.filter(pl.col("series_id").is_in(to_stock["family_id"].implode())),
        to_stock.select("item_id", "family_id", "weight"),
    )
    ordered = split_by_mix(
        by_family.forecasts.filter(pl.col("series_id").is_in(to_order["family_id"].implode())),
        closed_items.join(to_order, left_on="series_id", right_on="item_id", how="semi").rename({"series_id": "item_id"}),
        to_order.select("item_id", "family_id", "weight"),
        season_length=season_length,
        last_period_index=LAST_CLOSED,
    )
    pairs = backtest(
        closed_families,
        series=family_series,
        season_length=season_length,
        horizon_periods=BACKTEST_LAGS,
        origins=setting.backtest_origins,
        last_period_index=LAST_CLOSED,
    )
    return {
        "forecast.item_forecast": _item_rows([stocked, ordered], members, planned),
        "forecast.family_forecast": _family_rows([stocked, ordered], families, planned),
        "forecast.item_methods": _method_rows(by_item.methods, by_family.methods, members),
        "forecast.history_corrections": _correction_rows(by_item.corrections, periods),
        "forecast.family_backtest": _backtest_rows(pairs),
    }


def _closed(history: pl.DataFrame, key: str) -> pl.DataFrame:
    """Closed periods as the engine wants them; the last one has index -1, so that index and `periods_from_now` are one number."""
    return history.filter(pl.col("periods_from_now") < 0).select(
        series_id=pl.col(key), period_index=pl.col("periods_from_now").cast(pl.Int64), quantity=pl.col("demand_quantity").cast(pl.Float64)
    )


def _working_days(periods: pl.DataFrame, site_working_days: pl.DataFrame) -> pl.DataFrame:
    """Working days of the company's own calendar by index of the period."""
    company = site_working_days.filter(pl.col("site_id") == "")
    return periods.join(company, on="period_start").select(pl.col("periods_from_now").cast(pl.Int64), "working_days")


def _forecast(
    history: pl.DataFrame, series: pl.DataFrame, days: pl.DataFrame, *, horizon: int, season_length: int, setting: ForecastSetting
) -> ItemForecasts:
    if setting.per_working_day:
        history = to_daily_rate(history, days.rename({"periods_from_now": "period_index"}))
    found = forecast_items(
        history,
        series=series,
        horizon_periods=horizon,
        season_length=season_length,
        engine=setting.engine,
        levels=(PUBLISHED_LEVEL,),
        last_period_index=LAST_CLOSED,
        workers=setting.workers,
    )
    if not setting.per_working_day:
        return found
    ahead = days.with_columns(horizon_index=pl.col("periods_from_now") + 1).drop("periods_from_now")
    return replace(found, forecasts=from_daily_rate(found.forecasts, ahead))


def _last_listed(periods: pl.DataFrame) -> pl.Expr:
    """Index of the closed period in which an item was listed last; null while it is listed."""
    ends = periods.sort("period_start")
    index = pl.lit(None, dtype=pl.Int64)
    for start, end, number in ends.select("period_start", "period_end", "periods_from_now").iter_rows():
        if number < 0:
            index = pl.when(pl.col("phase_out_date").is_between(start, end)).then(pl.lit(number, dtype=pl.Int64)).otherwise(index)
    return index


def _without_phased_out(forecasts: pl.DataFrame, members: pl.DataFrame, planned: pl.DataFrame) -> pl.DataFrame:
    """Nothing is expected of an item in periods that begin after its phase-out date."""
    numbers = [name for name in forecasts.columns if name not in {"series_id", "horizon_index"}]
    dated = forecasts.join(members.select(series_id="item_id", phased_out="phase_out_date"), on="series_id", how="left").join(
        planned, on="horizon_index", how="left"
    )
    gone = (pl.col("period_start") > pl.col("phased_out")).fill_null(value=False)
    return dated.with_columns(pl.when(gone).then(0.0).otherwise(pl.col(name)).alias(name) for name in numbers).select(forecasts.columns)


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


def _correction_rows(corrections: pl.DataFrame, periods: pl.DataFrame) -> pl.DataFrame:
    return corrections.join(
        periods.select("period_start", period_index=pl.col("periods_from_now").cast(pl.Int64)), on="period_index"
    ).select(
        "period_start", "kind", "reason", item_id=pl.col("series_id"), quantity_before=pl.col("before"), quantity_after=pl.col("after")
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
