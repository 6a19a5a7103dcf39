"""What the guard changes, and what it says about it."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.forecasting.history import LARGEST_QUANTITY, prepare_history


def frame(*rows, **extra):
    ids, periods, quantities = zip(*rows, strict=True) if rows else ((), (), ())
    return pl.DataFrame(
        {"series_id": ids, "period_index": periods, "quantity": quantities, **extra},
        schema_overrides={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64},
    )


def listed(*ids, **extra):
    return pl.DataFrame({"series_id": ids, **extra}, schema_overrides={"series_id": pl.String})


def prepare(history, *ids, last=None, **extra):
    return prepare_history(history, listed(*ids, **extra), season_length=12, last_period_index=last)


def kinds(prepared):
    return prepared.corrections.select("series_id", "period_index", "kind", "before", "after").rows()


def test_a_missing_period_is_no_demand_and_leading_zeros_go():
    prepared = prepare(frame(("a", 1, 0.0), ("a", 2, 0.0), ("a", 3, 5.0), ("a", 5, 7.0)), "a", last=6)
    assert prepared.panel.values[:, 0].tolist() == [5.0, 0.0, 7.0, 0.0]
    assert kinds(prepared) == [("a", 2, "before_first_demand", 0.0, None), ("a", 4, "gap", None, 0.0), ("a", 6, "gap", None, 0.0)]


def test_a_series_that_never_sold_is_named_and_not_forecast():
    prepared = prepare(frame(("a", 1, 0.0), ("b", 1, math.nan), ("c", 1, 2.0)), "a", "d")
    assert prepared.never_sold == ("a", "b", "d")
    assert prepared.panel.series_ids == ("c",)


def test_returns_above_demand_count_as_no_demand():
    prepared = prepare(frame(("a", 0, 3.0), ("a", 1, -2.0)), "a")
    assert prepared.panel.values[:, 0].tolist() == [3.0, 0.0]
    assert kinds(prepared) == [("a", 1, "negative", -2.0, 0.0)]


def test_different_quantities_of_a_period_add_up_and_equal_ones_count_once():
    prepared = prepare(frame(("a", 0, 3.0), ("a", 0, 1.0), ("a", 1, 4.0), ("a", 1, 4.0)), "a")
    assert prepared.panel.values[:, 0].tolist() == [4.0, 4.0]
    assert kinds(prepared) == [("a", 0, "several_rows", 1.0, 4.0), ("a", 1, "repeated_row", 4.0, 4.0)]


@pytest.mark.parametrize(
    ("quantity", "kind"), [(math.nan, "unknown"), (None, "unknown"), (math.inf, "infinite"), (-math.inf, "infinite"), (1e31, "too_large")]
)
def test_what_is_no_quantity_is_replaced_by_the_expected_demand(quantity, kind):
    rows = [("a", i, 10.0) for i in range(20) if i != 8]
    prepared = prepare(frame(*rows, ("a", 8, quantity)), "a")
    assert prepared.panel.values[:, 0] == pytest.approx([10.0] * 20)
    (row,) = prepared.corrections.rows(named=True)
    assert row["kind"] == kind
    assert row["after"] == pytest.approx(10.0)


def test_the_expected_demand_knows_the_season():
    season = [100 + 60 * math.sin(i * math.pi / 6) for i in range(48)]
    rows = [("a", i, q) for i, q in enumerate(season) if i != 39]
    prepared = prepare(frame(*rows, ("a", 39, None)), "a")
    assert prepared.panel.values[39, 0] == pytest.approx(season[39], rel=0.1)


def test_a_stock_out_raises_demand_to_the_expected_and_never_lowers_it():
    history = frame(*[("a", i, 10.0) for i in range(10)], ("a", 10, 2.0), ("a", 11, 25.0), is_stock_out=[False] * 10 + [True, True])
    prepared = prepare(history, "a")
    assert prepared.panel.values[-2:, 0] == pytest.approx([10.0, 25.0])
    ((series_id, period, kind, before, after),) = kinds(prepared)
    assert (series_id, period, kind, before, after) == ("a", 10, "stock_out", 2.0, pytest.approx(10.0))


def test_demand_after_the_last_closed_period_or_the_delisting_is_not_used():
    prepared = prepare(frame(("a", 0, 1.0), ("a", 5, 1.0), ("b", 0, 1.0), ("b", 1, 9.0)), "a", "b", last=3, last_listed_index=[None, 0])
    assert prepared.delisted == ("b",)
    assert ("a", 5, "after_last_period", 1.0, None) in kinds(prepared)
    assert ("b", 1, "after_delisting", 9.0, None) in kinds(prepared)
    assert np.nansum(prepared.panel.values) == 2.0


def test_what_is_gone_and_not_asked_for_is_no_correction():
    prepared = prepare(frame(("a", 0, 1.0), ("a", 1, 0.0), ("b", 0, 1.0)), "a", "b", last=3, last_listed_index=[0, 0])
    assert kinds(prepared) == []
    assert prepared.panel.values.tolist() == [[1.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 0.0]]


def test_only_twelve_seasons_are_kept():
    prepared = prepare(frame(*[("a", i, 1.0) for i in range(200)]), "a")
    assert prepared.panel.periods == 144


def test_empty_frames_give_an_empty_panel():
    prepared = prepare(frame())
    assert prepared.panel.series_ids == ()
    assert prepared.corrections.height == 0
    assert prepare(frame(), "x").never_sold == ("x",)


@pytest.mark.parametrize(
    ("history", "series", "message"),
    [
        (frame(("a", 0, 1.0)).drop("quantity"), listed("a"), "no column quantity"),
        (frame((None, 0, 1.0)), listed("a"), "series_id is empty in 1 of 1 rows"),
        (frame(("a", None, 1.0)), listed("a"), "period_index is empty"),
        (frame(("a", 0, 1.0)), listed("a", "a"), "'a' is there more than once"),
    ],
)
def test_frames_that_cannot_be_read_are_refused(history, series, message):
    with pytest.raises(ValueError, match=message):
        prepare_history(history, series, season_length=12)


cells = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 30),
    st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.floats(-10, 100)),
    st.booleans(),
)


@given(st.lists(cells, max_size=60), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_rows_in_any_order_give_the_same_regular_panel(rows, shuffle):
    def prepared_of(some):
        history = frame(*[row[:3] for row in some], is_stock_out=pl.Series([row[3] for row in some], dtype=pl.Boolean))
        return prepare(history, "a", "b", last=30)

    one = prepared_of(rows)
    shuffled = list(rows)
    shuffle.shuffle(shuffled)
    other = prepared_of(shuffled)
    assert one.panel.series_ids == other.panel.series_ids
    assert one.panel.values.tobytes() == other.panel.values.tobytes()
    assert one.corrections.equals(other.corrections)
    values = one.panel.values
    started = np.logical_or.accumulate(np.isfinite(values), axis=0)
    assert (np.isfinite(values) == started).all()
    assert (values[started] >= 0).all()
    assert (values[started] <= LARGEST_QUANTITY * 2 * len(rows) + 1).all()
