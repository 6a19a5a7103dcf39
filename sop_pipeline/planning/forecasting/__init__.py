"""The statistical forecast: histories in, forecasts with bounds, methods and corrections out.

Consensus, events and publication stay out.
"""

from sop_pipeline.planning.forecasting.accuracy import measure_accuracy
from sop_pipeline.planning.forecasting.backtest import backtest
from sop_pipeline.planning.forecasting.engine import ItemForecasts, forecast_items
from sop_pipeline.planning.forecasting.events import CleanedHistory, clean_promotions
from sop_pipeline.planning.forecasting.mix import split_by_mix
from sop_pipeline.planning.forecasting.reconcile import FamilyForecasts, reconcile_families, reconcile_tree
from sop_pipeline.planning.forecasting.working_days import from_daily_rate, to_daily_rate

__all__ = [
    "CleanedHistory",
    "FamilyForecasts",
    "ItemForecasts",
    "backtest",
    "clean_promotions",
    "forecast_items",
    "from_daily_rate",
    "measure_accuracy",
    "reconcile_families",
    "reconcile_tree",
    "split_by_mix",
    "to_daily_rate",
]
