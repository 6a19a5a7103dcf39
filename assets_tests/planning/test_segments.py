"""Families by region or channel: in proportion to what each is forecast to ask for, and exactly the family together."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.validation import validate
from sop_pipeline.planning.segments import forecast_segments

CLOSED = 24


def month(index: int) -> dt.date:
    return dt.date(2026 + (index + 3) // 12, (index + 3) % 12 + 1, 1)


PERIODS = pl.DataFrame({"period_start": [month(i) for i in range(-CLOSED, 3)], "periods_from_now": range(-CLOSED, 3)})


def history(**segments: float) -> pl.DataFrame:
    rows = [("F", "region", name, month(i), i, quantity) for name, quantity in segments.items() for i in range(-CLOSED, 0)]
    return pl.DataFrame(rows, schema=dtypes(contract_of("core.segment_history")), orient="row")


def families(quantity: float | None) -> pl.DataFrame:
    rows = [("F", month(i), quantity, quantity and 0.5 * quantity, quantity and 2.0 * quantity) for i in range(3)]
    return pl.DataFrame(rows, schema=dtypes(contract_of("forecast.family_forecast")), orient="row")


def split(segments: pl.DataFrame, family: pl.DataFrame) -> pl.DataFrame:
    frame = forecast_segments(segments, family, PERIODS, season_length=12)
    assert validate(contract_of("forecast.segment_forecast"), frame).passed
    return frame


def test_a_family_is_shared_as_its_segments_are_forecast() -> None:
    first = split(history(North=30.0, South=10.0), families(100.0)).filter(pl.col("period_start") == month(0)).sort("segment")
    assert first["statistical_quantity"].to_list() == pytest.approx([75.0, 25.0])
    assert first["statistical_upper_quantity"].to_list() == pytest.approx([150.0, 50.0])


def test_where_no_segment_expects_anything_all_their_demand_decides() -> None:
    gone = history(North=30.0, South=10.0).with_columns(
        demand_quantity=pl.when(pl.col("periods_from_now") == -CLOSED).then("demand_quantity").otherwise(0.0)
    )
    longer = gone.with_columns(pl.col("periods_from_now") - 6)
    first = split(longer, families(100.0)).filter(pl.col("period_start") == month(0)).sort("segment")
    assert first["statistical_quantity"].to_list() == pytest.approx([75.0, 25.0])


def test_a_family_without_forecast_or_customers_has_no_segments() -> None:
    assert split(history(North=30.0), families(None)).is_empty()
    assert split(history(), families(100.0)).is_empty()


@settings(max_examples=15, deadline=None)
@given(
    quantities=st.dictionaries(st.sampled_from(["North", "South", "East", "West"]), st.floats(0, 1e6), min_size=1),
    total=st.floats(0, 1e7).map(lambda value: round(value, 6)),
)
def test_segments_sum_to_their_family(quantities: dict[str, float], total: float) -> None:
    frame = split(history(**quantities), families(total))
    summed = frame.group_by("period_start").agg(pl.col("statistical_quantity").sum())["statistical_quantity"].to_list()
    assert summed == pytest.approx([total] * 3, abs=1e-6, rel=1e-12)
