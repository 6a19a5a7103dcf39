"""Make-to-order families split by what was booked last season."""

import polars as pl
import pytest

from sop_pipeline.planning.forecasting import split_by_mix

FAMILY = pl.DataFrame(
    {
        "series_id": ["f", "f"],
        "horizon_index": [1, 2],
        "forecast_quantity": [100.0, 50.0],
        "lower_80": [60.0, 30.0],
        "upper_80": [150.0, 75.0],
    }
)
ITEMS = pl.DataFrame({"item_id": ["a", "b"], "family_id": ["f", "f"], "weight": [1.0, 2.0]})


def split(bookings, items=ITEMS, families=FAMILY):
    frame = pl.DataFrame(bookings, schema={"item_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64}, orient="row")
    return split_by_mix(families, frame, items, season_length=12, last_period_index=20)


def quantities(frame, column="forecast_quantity"):
    return {(row["series_id"], row["horizon_index"]): row[column] for row in frame.rows(named=True)}


def test_items_share_the_family_as_they_were_booked_in_the_last_season():
    result = split([("a", 20, 30.0), ("b", 9, 35.0), ("a", 8, 999.0), ("b", 21, 999.0)])
    # 30 planning units of a and 2 * 35 of b: 30 % and 70 %; b is sold in pieces of two planning units.
    assert quantities(result.items) == pytest.approx({("a", 1): 30.0, ("a", 2): 15.0, ("b", 1): 35.0, ("b", 2): 17.5})
    assert quantities(result.items, "upper_80") == pytest.approx({("a", 1): 45.0, ("a", 2): 22.5, ("b", 1): 52.5, ("b", 2): 26.25})


def test_the_family_is_the_sum_of_its_rounded_items():
    third = pl.DataFrame({"item_id": ["a", "b", "c"], "family_id": ["f"] * 3, "weight": [1.0, 1.0, 1.0]})
    result = split([(item, 20, 1.0) for item in "abc"], third)
    assert quantities(result.items)["a", 1] == 33.333333
    assert quantities(result.families)["f", 1] == 99.999999


def test_without_bookings_in_the_last_season_all_bookings_count():
    result = split([("a", 3, 10.0), ("b", 4, 5.0)])
    assert quantities(result.items)["a", 1] == pytest.approx(50.0)


def test_without_any_bookings_or_only_cancellations_the_split_is_even():
    for bookings in ([], [("a", 20, -4.0)]):
        result = split(bookings)
        assert quantities(result.items) == pytest.approx({("a", 1): 50.0, ("a", 2): 25.0, ("b", 1): 25.0, ("b", 2): 12.5})


def test_only_families_with_a_forecast_are_split():
    more = pl.concat([ITEMS, pl.DataFrame({"item_id": ["z"], "family_id": ["stock"], "weight": [1.0]})])
    assert set(split([("z", 20, 5.0)], more).items["series_id"]) == {"a", "b"}


def test_a_family_without_items_and_a_weight_of_nothing_are_refused():
    with pytest.raises(ValueError, match="'f' has a forecast but no item"):
        split([], ITEMS.clear())
    with pytest.raises(ValueError, match="'b' has weight 0"):
        split([], ITEMS.with_columns(weight=pl.Series([1.0, 0.0])))
