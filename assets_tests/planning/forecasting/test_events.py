"""Promotions out of history and into the plan."""

import math

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import clean_promotions


def history_of(**series):
    rows = [(name, i, quantity) for name, quantities in series.items() for i, quantity in enumerate(quantities)]
    return pl.DataFrame(rows, schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64}, orient="row")


def promotions(*pairs):
    return pl.DataFrame(pairs, schema={"series_id": pl.String, "period_index": pl.Int64}, orient="row")


def uplift(cleaned, series_id):
    return cleaned.uplifts.filter(pl.col("series_id") == series_id).row(0, named=True)


def flat(length=24, at=(), factor=2.0, level=100.0):
    return [level * (factor if i in at else 1.0) for i in range(length)]


def test_a_promotion_is_measured_against_the_periods_around_it_and_divided_out():
    cleaned = clean_promotions(history_of(a=flat(at=(5, 15))), promotions(("a", 5), ("a", 15)), season_length=12)
    # Alone in the pool its own median is the pool's, so nothing is drawn away from the doubling.
    assert uplift(cleaned, "a")["uplift_ratio"] == pytest.approx(1.0)
    assert cleaned.history["quantity"].to_list() == pytest.approx(flat())
    assert cleaned.corrections.select("period_index", "kind", "before", "after").rows() == [
        (5, "promotion", 200.0, pytest.approx(100.0)),
        (15, "promotion", 200.0, pytest.approx(100.0)),
    ]


def test_few_promotions_are_drawn_to_what_promotions_usually_do():
    history = history_of(a=flat(at=(5,), factor=4.0), b=flat(at=(5,), factor=2.0), c=flat(at=(5,), factor=2.0), d=flat())
    cleaned = clean_promotions(history, promotions(("a", 5), ("b", 5), ("c", 5)), season_length=12)
    weight = 1 / 1.75
    assert uplift(cleaned, "a")["uplift_ratio"] == pytest.approx(math.exp(weight * math.log(4) + (1 - weight) * math.log(2)) - 1)
    assert uplift(cleaned, "a")["own_weight_ratio"] == pytest.approx(weight)
    assert uplift(cleaned, "d")["uplift_ratio"] == pytest.approx(1.0)
    assert uplift(cleaned, "d")["promoted_periods"] == 0


def test_a_season_is_not_taken_for_a_promotion():
    season = [100 * math.exp(0.5 * math.sin(i * math.pi / 6)) for i in range(60)]
    promoted = [quantity * (1.5 if i in (15, 38) else 1.0) for i, quantity in enumerate(season)]
    cleaned = clean_promotions(history_of(a=promoted), promotions(("a", 15), ("a", 38)), season_length=12)
    assert uplift(cleaned, "a")["uplift_ratio"] == pytest.approx(0.5, abs=0.08)
    assert cleaned.history["quantity"].to_numpy() == pytest.approx(np.array(season), rel=0.06)


def test_without_promotions_nothing_changes():
    history = history_of(a=flat(), b=[0.0] * 5)
    cleaned = clean_promotions(history, promotions(), season_length=12)
    assert cleaned.history.equals(history)
    assert cleaned.corrections.height == 0
    assert cleaned.uplifts["uplift_ratio"].to_list() == [0.0, 0.0]


def test_an_empty_history_has_no_promotions():
    cleaned = clean_promotions(history_of(), promotions(("a", 1)), season_length=12)
    assert cleaned.uplifts.height == 0
    assert cleaned.history.height == 0


def test_other_columns_and_the_order_of_the_rows_stay():
    history = history_of(a=flat(at=(5,)), b=flat()).reverse().with_columns(is_stock_out=pl.lit(value=False))
    cleaned = clean_promotions(history, promotions(("a", 5)), season_length=12)
    assert cleaned.history.columns == history.columns
    assert cleaned.history.drop("quantity").equals(history.drop("quantity"))


def test_a_promotion_of_half_the_period_is_measured_for_the_whole_one():
    half = pl.DataFrame({"series_id": ["a"], "period_index": [5], "day_share_ratio": [0.5]})
    cleaned = clean_promotions(history_of(a=flat(at=(5,), factor=1.4)), half, season_length=12)
    assert uplift(cleaned, "a")["uplift_ratio"] == pytest.approx(0.8)
    assert cleaned.history["quantity"].to_list() == pytest.approx(flat())


def test_a_few_days_teach_nothing_but_are_cleaned():
    rows = pl.DataFrame({"series_id": ["a", "a"], "period_index": [5, 15], "day_share_ratio": [1.0, 0.1]})
    cleaned = clean_promotions(history_of(a=flat(at=(5,))), rows, season_length=12)
    assert uplift(cleaned, "a")["promoted_periods"] == 1
    assert cleaned.history["quantity"][15] == pytest.approx(100.0 / 1.1)


def test_what_a_promotion_took_from_the_period_after_is_put_back():
    promoted = [200.0 if i in (5, 15) else 60.0 if i in (6, 16) else 100.0 for i in range(24)]
    cleaned = clean_promotions(history_of(a=promoted), promotions(("a", 5), ("a", 15)), season_length=12)
    assert uplift(cleaned, "a")["pull_forward_ratio"] == pytest.approx(0.4)
    assert cleaned.history["quantity"].to_list() == pytest.approx(flat())
    assert cleaned.corrections["kind"].to_list() == ["promotion", "pull_forward"] * 2


def test_more_demand_after_a_promotion_is_no_negative_pull_forward():
    promoted = [200.0 if i == 5 else 140.0 if i == 6 else 100.0 for i in range(24)]
    cleaned = clean_promotions(history_of(a=promoted), promotions(("a", 5)), season_length=12)
    assert uplift(cleaned, "a")["pull_forward_ratio"] == 0.0
    assert cleaned.history["quantity"][6] == 140.0


def test_a_promotion_that_sold_less_is_left_in_the_history():
    history = history_of(a=flat(at=(5, 15), factor=0.5))
    cleaned = clean_promotions(history, promotions(("a", 5), ("a", 15)), season_length=12)
    assert uplift(cleaned, "a")["uplift_ratio"] == 0.0
    assert cleaned.history.equals(history)
