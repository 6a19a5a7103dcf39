"""Demand per working day and back."""

import polars as pl
import pytest

from sop_pipeline.planning.forecasting import from_daily_rate, to_daily_rate

HISTORY = pl.DataFrame({"series_id": ["a", "b", "a"], "period_index": [2, 1, 1], "quantity": [40.0, 30.0, 10.0]})
DAYS = pl.DataFrame({"period_index": [1, 2, 3], "working_days": [20, 25, 0]})


def test_history_is_divided_by_the_working_days_of_its_period_in_its_own_order():
    rate = to_daily_rate(HISTORY, DAYS)
    assert rate.columns == HISTORY.columns
    assert rate["quantity"].to_list() == [1.6, 1.5, 0.5]


def test_forecast_and_bounds_are_multiplied_by_the_working_days_ahead():
    rate = pl.DataFrame({"series_id": ["a", "a"], "horizon_index": [1, 2], "forecast_quantity": [2.0, 2.0], "upper_80": [3.0, 3.0]})
    back = from_daily_rate(rate, pl.DataFrame({"horizon_index": [2, 1], "working_days": [15.0, 20.0]}))
    assert back["forecast_quantity"].to_list() == [40.0, 30.0]
    assert back["upper_80"].to_list() == [60.0, 45.0]


@pytest.mark.parametrize("days", [DAYS.filter(pl.col("period_index") == 1), DAYS.with_columns(working_days=pl.lit(0))])
def test_a_period_without_working_days_is_refused(days):
    with pytest.raises(ValueError, match="working days"):
        to_daily_rate(HISTORY, days)
