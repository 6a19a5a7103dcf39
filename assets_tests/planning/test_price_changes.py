"""A change of price counts where the history shows that demand answers, and nowhere else."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

from sop_pipeline.contracts import contract_of
from sop_pipeline.contracts.validation import validate
from sop_pipeline.planning.price_changes import measure_response, price_effects

CLOSED = 48
NAMES = [f"i{n}" for n in range(12)]


def month(index: int) -> dt.date:
    return dt.date(2026 + (index + 3) // 12, (index + 3) % 12 + 1, 1)


PERIODS = pl.DataFrame({"period_start": [month(i) for i in range(-CLOSED, 3)], "periods_from_now": range(-CLOSED, 3)})


def histories(elasticity: float, noise: float = 0.02) -> pl.DataFrame:
    """Twelve items whose price rose by 10 % at period -20, with a season and a little noise."""
    draws = np.random.default_rng(3).normal(0, noise, (CLOSED, len(NAMES)))
    at = np.arange(-CLOSED, 0)[:, None]
    values = 100 * np.exp(0.3 * np.sin(at * np.pi / 6) + draws + elasticity * np.log(1.1) * (at >= -20))
    return pl.DataFrame(
        {"series_id": np.repeat(NAMES, CLOSED), "period_index": np.tile(at[:, 0], len(NAMES)), "quantity": values.T.ravel()},
        schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64},
    )


def changes(*given: tuple[str, int, float, float]) -> pl.DataFrame:
    rows = [(item, "F", month(index), ratio, share) for item, index, ratio, share in given]
    return pl.DataFrame(rows, schema=["item_id", "family_id", "period_start", "price_ratio", "day_share_ratio"], orient="row")


PAST = [(name, -20, 1.1, 1.0) for name in NAMES]


def effects(history: pl.DataFrame, *coming: tuple[str, int, float, float], past: list | None = None) -> pl.DataFrame:
    frame = price_effects(changes(*(PAST if past is None else past), *coming), history, PERIODS, season_length=12)
    assert validate(contract_of("forecast.price_effects"), frame).passed
    return frame


def test_the_response_is_measured_with_the_season_taken_out() -> None:
    steps = changes(*PAST).with_columns(period_index=pl.lit(-20, dtype=pl.Int64), step=pl.col("price_ratio").log())
    response = measure_response(steps, histories(-1.5), season_length=12)
    assert response.changes == 12
    assert response.elasticity == pytest.approx(-1.5, abs=0.3)
    assert response.is_shown


def test_a_coming_change_does_what_past_ones_did_and_holds() -> None:
    frame = effects(histories(-1.5), ("i0", 1, 1.2, 0.5))
    assert frame["period_start"].to_list() == [month(1), month(2)]
    assert frame["price_ratio"].to_list() == pytest.approx([1.2**0.5, 1.2])
    elasticity = np.log1p(frame["effect_ratio"][1]) / np.log(1.2)
    assert elasticity == pytest.approx(-1.5, abs=0.3)
    assert np.log1p(frame["effect_ratio"][0]) == pytest.approx(0.5 * elasticity * np.log(1.2))
    assert "from 12 past changes" in frame["reason"][0]


def test_demand_that_did_not_answer_is_left_alone_and_the_reason_says_so() -> None:
    frame = effects(histories(0.0, noise=0.1), ("i0", 0, 1.2, 1.0))
    assert set(frame["effect_ratio"]) == {0.0}
    assert "show no response" in frame["reason"][0]


def test_demand_that_fell_all_along_did_not_fall_because_of_the_price() -> None:
    falling = histories(0.0).with_columns(pl.col("quantity") * (-0.02 * (pl.col("period_index") + CLOSED)).exp())
    assert set(effects(falling, ("i0", 0, 1.2, 1.0))["effect_ratio"]) == {0.0}


def test_a_few_changes_prove_nothing() -> None:
    frame = effects(histories(-1.5), ("i0", 0, 1.2, 1.0), past=PAST[:5])
    assert set(frame["effect_ratio"]) == {0.0}


def test_demand_that_rose_with_the_price_is_no_response() -> None:
    assert set(effects(histories(1.5), ("i0", 0, 1.2, 1.0))["effect_ratio"]) == {0.0}


def test_without_coming_changes_or_without_history_nothing_is_expected() -> None:
    assert effects(histories(-1.5)).is_empty()
    assert set(effects(histories(-1.5).clear(), ("i0", 0, 1.2, 1.0))["effect_ratio"]) == {0.0}
