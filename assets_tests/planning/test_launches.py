"""Launched items are expected to follow what they are like, along their ramp."""

import datetime as dt

import polars as pl
import pytest

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.base import dtypes
from sop_pipeline.contracts.validation import validate
from sop_pipeline.planning.launches import forecast_launches

STARTS = [dt.date(2026, number, 1) for number in range(1, 9)]
PERIODS = pl.DataFrame(
    {
        "period_start": STARTS[:-1],
        "period_end": [start - dt.timedelta(days=1) for start in STARTS[1:]],
        "periods_from_now": range(-3, 4),
    }
)  # April is current
LIKE = pl.DataFrame({"item_id": "OLD", "period_start": STARTS[3:7], "forecast_quantity": [100.0, 200.0, 100.0, 200.0]})


def launch(day: dt.date, **columns: object) -> pl.DataFrame:
    given = {"item_id": "NEW", "family_id": "F", "launch_date": day, "like_item_id": "OLD", "like_item_scale": 1.0, "ramp_periods": 0}
    return pl.DataFrame([{**given, **columns}], schema=dtypes(contract_of("core.product_launches")))


def expected(*args: object, **columns: object) -> list[tuple[int, float]]:
    frame = forecast_launches(launch(*args, **columns), LIKE, PERIODS)  # type: ignore[arg-type]
    assert validate(contract_of("forecast.launch_forecast"), frame).passed
    return [(start.month, quantity) for start, quantity in frame.select("period_start", "expected_quantity").sort("period_start").rows()]


def test_a_launch_follows_its_like_item_at_its_scale_along_its_ramp() -> None:
    assert expected(dt.date(2026, 5, 1), like_item_scale=0.5, ramp_periods=1) == [(5, 50.0), (6, 50.0), (7, 100.0)]


def test_the_period_of_the_launch_counts_its_days() -> None:
    assert expected(dt.date(2026, 6, 16)) == [(6, 50.0), (7, 200.0)]


def test_a_quantity_given_takes_the_season_of_the_like_item() -> None:
    assert expected(dt.date(2026, 5, 1), expected_period_quantity=30.0) == [(5, 40.0), (6, 20.0), (7, 40.0)]


def test_a_quantity_given_stands_alone_where_nothing_is_like_it() -> None:
    assert expected(dt.date(2026, 6, 1), like_item_id=None, expected_period_quantity=30.0) == [(6, 30.0), (7, 30.0)]


def test_a_launch_that_is_like_nothing_known_is_not_guessed() -> None:
    assert expected(dt.date(2026, 6, 1), like_item_id="UNKNOWN") == []


def test_a_ramp_that_is_over_leaves_the_item_to_its_history() -> None:
    assert expected(dt.date(2026, 2, 1), ramp_periods=1) == []
    assert [period for period, _ in expected(dt.date(2026, 2, 1), ramp_periods=2)] == [4, 5, 6, 7]


def test_less_confidence_means_wider_bounds() -> None:
    frames = [forecast_launches(launch(dt.date(2026, 6, 1), confidence=word), LIKE, PERIODS) for word in ("high", "medium", "low", None)]
    widths = [(frame["upper_quantity"] - frame["lower_quantity"])[0] for frame in frames]
    assert widths == pytest.approx([30.0, 60.0, 100.0, 100.0])


def test_a_launch_says_where_its_quantity_comes_from() -> None:
    like = forecast_launches(launch(dt.date(2026, 5, 1), like_item_scale=0.5, ramp_periods=2), LIKE, PERIODS)["reason"]
    assert like[0].startswith("launch on 2026-05-01: 50 % of the forecast of ")
    assert [reason.split(", ")[1] for reason in like] == [
        "33 % of the ramp reached",
        "67 % of the ramp reached",
        "100 % of the ramp reached",
    ]
    given = forecast_launches(launch(dt.date(2026, 6, 1), like_item_id=None, expected_period_quantity=30.0), LIKE, PERIODS)["reason"]
    assert given[0].startswith("launch on 2026-06-01: 30 a period as given, 100 % of the ramp reached, confidence ")
