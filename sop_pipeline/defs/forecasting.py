"""The forecast stage: which tables it reads and writes. The forecasting itself is `planning/demand_forecast`."""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.defs.model_tables import Frames, Model, model_stage, planning_digest
from sop_pipeline.kept_fits import keep_fits, recall_fits
from sop_pipeline.planning.demand_accuracy import (
    backtest_items,
    class_items,
    measure_authors,
    measure_published,
    measure_published_items,
)
from sop_pipeline.planning.demand_forecast import ForecastSetting, forecast_demand
from sop_pipeline.planning.segments import forecast_segments
from sop_pipeline.sql_files import SqlFile

READS = (
    "core.periods",
    "core.site_working_days",
    "core.families",
    "core.items",
    "core.item_period_history",
    "core.family_history",
    "core.promotion_periods",
    "core.item_successions",
    "core.one_off_orders",
    "core.product_launches",
    "core.price_changes",
)
SEGMENT_READS = ("core.segment_history", "forecast.family_forecast", "core.periods")
TABLES = (
    "forecast.item_forecast",
    "forecast.family_forecast",
    "forecast.family_intervals",
    "forecast.item_methods",
    "forecast.history_corrections",
    "forecast.estimated_uplifts",
    "forecast.launch_forecast",
    "forecast.price_effects",
    "forecast.family_backtest",
    "forecast.item_backtest",
)


PUBLISHED_READS = ("core.published_demand", "core.family_history", "core.periods")
PUBLISHED_ITEM_READS = ("core.published_item_demand", "core.item_period_history", "core.periods")
AUTHOR_READS = ("core.published_demand", "core.past_submissions", "core.family_history", "core.periods")
BACKTEST_READS = ("core.periods", "core.site_working_days", "core.item_period_history")
CLASS_READS = ("forecast.item_backtest", "core.periods", "core.items", "core.item_period_history", "core.item_prices", "core.item_costs")


def forecast_stage(rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """The stage of schema forecast."""
    return model_stage(
        "forecast",
        [
            Model(TABLES, READS, _compute, frozenset({"statsforecast"}), starts_processes=True),
            Model(("forecast.item_classes",), CLASS_READS, _class_items, frozenset()),
            Model(("forecast.published_accuracy",), PUBLISHED_READS, _measure_published, frozenset()),
            Model(("forecast.published_item_accuracy",), PUBLISHED_ITEM_READS, _measure_published_items, frozenset()),
            Model(("forecast.author_accuracy",), AUTHOR_READS, _measure_authors, frozenset()),
            Model(("forecast.segment_forecast",), SEGMENT_READS, _forecast_segments, frozenset()),
        ],
        rules,
    )


def _compute(frames: Frames, company: Company) -> Frames:
    settings = company.settings
    folder, code = company.warehouse_file.parent, planning_digest()
    known_fits, kept_pairs = recall_fits(folder, code), recall_fits(folder, code, "backtests")
    per_working_day = settings.calendar == "fiscal"
    forecast = forecast_demand(
        **{address.removeprefix("core."): frames[address] for address in READS},
        setting=ForecastSetting(
            engine=settings.forecast.engine,
            workers=settings.forecast.workers,
            backtest_origins=settings.forecast.backtest_origins,
            per_working_day=per_working_day,
            levels=settings.forecast.levels,
            distributed=settings.forecast.distributed,
        ),
        known_fits=known_fits,
        kept_pairs=kept_pairs,
    )
    item_backtest, item_pairs = backtest_items(
        **{address.removeprefix("core."): frames[address] for address in BACKTEST_READS},
        cleaned=forecast.cleaned,
        members=forecast.members,
        origins=settings.forecast.backtest_origins,
        per_working_day=per_working_day,
        kept_pairs=kept_pairs,
    )
    if known_fits is None or not known_fits.equals(forecast.fits):
        keep_fits(folder, code, forecast.fits)
    pairs = pl.concat([forecast.family_pairs, item_pairs])
    if kept_pairs is None or not kept_pairs.equals(pairs):
        keep_fits(folder, code, pairs, "backtests")
    return {**forecast.tables, "forecast.item_backtest": item_backtest}


def _class_items(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    return {"forecast.item_classes": class_items(**{address.split(".")[1]: frames[address] for address in CLASS_READS})}


def _measure_published(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    return {"forecast.published_accuracy": measure_published(*(frames[address] for address in PUBLISHED_READS))}


def _measure_published_items(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    return {"forecast.published_item_accuracy": measure_published_items(*(frames[address] for address in PUBLISHED_ITEM_READS))}


def _measure_authors(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    return {"forecast.author_accuracy": measure_authors(*(frames[address] for address in AUTHOR_READS))}


def _forecast_segments(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    history, families, periods = (frames[address] for address in SEGMENT_READS)
    season_length = int(periods["season_length_periods"][0])
    return {"forecast.segment_forecast": forecast_segments(history, families, periods, season_length=season_length)}
