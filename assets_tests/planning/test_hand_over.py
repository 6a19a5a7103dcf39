"""The forecast of an item that goes ends with it, or moves to its successor."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.planning.hand_over import hand_over

PLANNED = pl.DataFrame(
    {
        "horizon_index": [1, 2, 3],
        "period_start": [dt.date(2026, 4, 1), dt.date(2026, 5, 1), dt.date(2026, 6, 1)],
        "period_end": [dt.date(2026, 4, 30), dt.date(2026, 5, 31), dt.date(2026, 6, 30)],
    }
)
MEMBERS = pl.DataFrame(
    {
        "item_id": ["A", "B", "C"],
        "weight": [1.0, 2.0, 1.0],
        "phase_out_date": pl.Series([dt.date(2026, 5, 31), None, dt.date(2026, 4, 10)], dtype=pl.Date),
    }
)


def forecasts(**series: list[float]) -> pl.DataFrame:
    rows = [(name, i + 1, quantity, 0.5 * quantity) for name, quantities in series.items() for i, quantity in enumerate(quantities)]
    return pl.DataFrame(rows, schema=["series_id", "horizon_index", "forecast_quantity", "lower_80"], orient="row")


def successions(*links: tuple[str, str, dt.date]) -> pl.DataFrame:
    rows = [
        {"old_item_id": old, "new_item_id": new, "family_id": "F", "effective_date": day, "is_effective": False} for old, new, day in links
    ]
    return pl.DataFrame(rows, schema=dtypes(contract_of("core.item_successions")))


def after(frame: pl.DataFrame, series: str, column: str = "forecast_quantity") -> list[float]:
    return frame.filter(pl.col("series_id") == series).sort("horizon_index")[column].to_list()


def test_the_successor_takes_the_days_from_its_first_one_on_in_planning_units() -> None:
    link = successions(("A", "B", dt.date(2026, 5, 1)))
    moved = hand_over(forecasts(A=[30.0, 40.0, 50.0], B=[5.0, 5.0, 5.0]), MEMBERS, link, PLANNED)
    assert after(moved, "A") == [30.0, 0.0, 0.0]
    assert after(moved, "B") == [5.0, 25.0, 30.0]
    assert after(moved, "B", "lower_80") == [2.5, 12.5, 15.0]


def test_the_period_of_the_change_is_shared_by_days() -> None:
    link = successions(("A", "B", dt.date(2026, 4, 21)))
    moved = hand_over(forecasts(A=[30.0, 40.0, 50.0], B=[0.0, 0.0, 0.0]), MEMBERS, link, PLANNED)
    assert after(moved, "A") == pytest.approx([20.0, 0.0, 0.0])
    assert after(moved, "B") == pytest.approx([5.0, 20.0, 25.0])


def test_the_last_days_before_a_successor_are_not_taken_away_twice() -> None:
    link = successions(("C", "B", dt.date(2026, 4, 11)))
    moved = hand_over(forecasts(C=[30.0, 40.0, 50.0], B=[0.0, 0.0, 0.0]), MEMBERS, link, PLANNED)
    assert after(moved, "C") == pytest.approx([10.0, 0.0, 0.0])
    assert after(moved, "B") == pytest.approx([10.0, 20.0, 25.0])


def test_what_will_end_without_a_successor_is_forecast_on_and_what_is_off_sale_is_not() -> None:
    members = MEMBERS.with_columns(phase_out_date=pl.Series([dt.date(2026, 5, 10), None, dt.date(2026, 3, 31)]))
    kept = hand_over(forecasts(A=[10.0, 10.0, 10.0], C=[10.0, 10.0, 10.0]), members, successions(), PLANNED)
    assert after(kept, "A") == [10.0, 10.0, 10.0]
    assert after(kept, "C") == [0.0, 0.0, 0.0]


@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    st.dates(dt.date(2026, 4, 1), dt.date(2026, 7, 31)),
)
def test_a_family_keeps_its_total_and_nothing_falls_below_0(a: list[float], b: list[float], day: dt.date) -> None:
    kept = MEMBERS.with_columns(phase_out_date=pl.lit(None, dtype=pl.Date))
    moved = hand_over(forecasts(A=a, B=b), kept, successions(("A", "B", day)), PLANNED)
    before = [x + 2.0 * y for x, y in zip(a, b, strict=True)]
    now = [x + 2.0 * y for x, y in zip(after(moved, "A"), after(moved, "B"), strict=True)]
    assert now == pytest.approx(before, abs=1e-5, rel=1e-9)
    assert moved["forecast_quantity"].min() >= 0  # type: ignore[operator]
