"""The statistical forecast: histories in, forecasts with bounds, methods and corrections out.

Consensus, events and publication stay out.
"""

from sop_pipeline.planning.forecasting.engine import ItemForecasts, forecast_items

__all__ = ["ItemForecasts", "forecast_items"]
