"""Accuracy measures by hand and against loops."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.forecasting import measure_accuracy
from sop_pipeline.planning.forecasting.accuracy import naive2, relative_error, scaled_error, symmetric_error

SCHEMA = {
    "family_id": pl.String,
    "actual_quantity": pl.Float64,
    "forecast_quantity": pl.Float64,
    "naive_quantity": pl.Float64,
    "scale_quantity": pl.Float64,
}


def pairs(*rows):
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def test_the_ratios_follow_their_definitions():
    measured = measure_accuracy(
        pairs(("f", 100.0, 110.0, 80.0, 10.0), ("f", 50.0, 40.0, 50.0, 5.0), ("f", 50.0, 80.0, None, None)), ["family_id"]
    ).row(0, named=True)
    assert measured["pairs"] == 3
    assert measured["wape_ratio"] == pytest.approx(50 / 200)
    assert measured["bias_ratio"] == pytest.approx(30 / 200)
    assert measured["mase_ratio"] == pytest.approx((10 / 10 + 10 / 5) / 2)
    assert measured["tracking_signal"] == pytest.approx(30 / (50 / 3))
    assert measured["naive_wape_ratio"] == pytest.approx(20 / 150)
    assert measured["value_added_ratio"] == pytest.approx(20 / 150 - 20 / 150)


def test_what_cannot_be_divided_is_null():
    measured = measure_accuracy(pairs(("f", 0.0, 0.0, 0.0, 0.0)), ["family_id"]).row(0, named=True)
    assert [measured[name] for name in ("wape_ratio", "bias_ratio", "mase_ratio", "tracking_signal", "value_added_ratio")] == [None] * 5


amounts = st.floats(0, 1e6).map(lambda amount: round(amount, 6))


@given(st.lists(st.tuples(st.sampled_from("fg"), amounts, amounts, st.one_of(st.none(), amounts), st.none()), min_size=1, max_size=30))
@settings(max_examples=50, deadline=None)
def test_value_added_is_what_the_naive_errs_more_where_both_exist(rows):
    for row in measure_accuracy(pairs(*rows), ["family_id"]).rows(named=True):
        both = [one for one in rows if one[0] == row["family_id"] and one[3] is not None]
        demand = sum(actual for _, actual, _, _, _ in both)
        if demand:
            gain = sum(abs(naive - actual) - abs(forecast - actual) for _, actual, forecast, naive, _ in both) / demand
            assert row["value_added_ratio"] == pytest.approx(gain, rel=1e-6, abs=1e-6)
        else:
            assert row["value_added_ratio"] is None


def test_the_value_of_a_step_is_the_error_it_took_away_where_the_step_before_said_something():
    rows = pairs(("f", 10.0, 11.0, None, None), ("f", 10.0, 10.0, None, None), ("f", 80.0, 10.0, None, None))
    stepped = rows.with_columns(before_quantity=pl.Series([12.0, 8.0, None]))
    assert measure_accuracy(stepped, ["family_id"])["value_added_over_before_ratio"].to_list() == pytest.approx([3 / 20])
    assert measure_accuracy(rows, ["family_id"])["value_added_over_before_ratio"].to_list() == [None]


def test_the_competition_measures_by_hand():
    actual, forecast = np.array([[100.0], [50.0]]), np.array([[50.0], [50.0]])
    history = np.array([[10.0], [20.0], [30.0], [40.0], [30.0], [40.0]])
    assert symmetric_error(forecast, actual) == pytest.approx([(2 * 50 / 150 + 0) / 2])
    assert scaled_error(forecast, actual, history, 4) == pytest.approx([25 / 20])
    assert relative_error(forecast, forecast, actual, history, 4) == 1.0


def test_naive2_repeats_the_last_value_of_an_aseasonal_series():
    generator = np.random.default_rng(0)
    walk = generator.normal(0, 1, (60, 1)).cumsum(axis=0) + 50
    assert naive2(walk, 5, 12)[:, 0] == pytest.approx([walk[-1, 0]] * 5)


def test_naive2_follows_a_season_exactly():
    season = np.array([80.0, 120.0, 100.0, 100.0])
    history = np.tile(season, 10)[:38, None]
    assert naive2(history, 6, 4)[:, 0] == pytest.approx(np.tile(season, 3)[2:8], rel=1e-9)


def test_periods_whose_demand_is_not_known_are_left_out():
    history = np.arange(1.0, 25.0)[:, None]
    forecast, actual = np.array([[10.0], [20.0], [99.0]]), np.array([[12.0], [16.0], [np.nan]])
    assert symmetric_error(forecast, actual) == pytest.approx([(2 * 2 / 22 + 2 * 4 / 36) / 2])
    assert scaled_error(forecast, actual, history, 12) == pytest.approx([(2 + 4) / 2 / 12])
