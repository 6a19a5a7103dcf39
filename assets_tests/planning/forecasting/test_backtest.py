"""Backtests: each origin equals a forecast made with what was known then."""

import importlib

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import backtest, forecast_items, measure_accuracy


def demand(seed=0, lengths=(60, 40, 30, 14, 5)):
    generator = np.random.default_rng(seed)
    rows = []
    for i, length in enumerate(lengths):
        wave = 100 * np.exp(0.4 * np.sin(np.arange(60 - length, 60) / 12 * 2 * np.pi) + generator.normal(0, 0.1, length))
        quantities = np.where(generator.random(length) < 0.4, 0, wave) if i == 2 else wave
        rows += [(f"s{i}", 60 - length + t, float(q)) for t, q in enumerate(quantities)]
    return pl.DataFrame(rows, schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64}, orient="row")


SERIES = pl.DataFrame({"series_id": [f"s{i}" for i in range(5)], "group_id": ["g", "g", "g", "g", None]})


def test_every_origin_equals_a_forecast_with_the_history_known_then():
    history = demand()
    pairs = backtest(history, series=SERIES, season_length=12, horizon_periods=3)
    for origin in pairs["origin_index"].unique():
        known = history.filter(pl.col("period_index") <= origin)
        reach = min(3, 59 - origin)
        then = forecast_items(
            known, series=SERIES, horizon_periods=reach, season_length=12, engine="express", last_period_index=origin
        ).forecasts
        joined = pairs.filter(pl.col("origin_index") == origin).join(
            then, left_on=["series_id", "lag"], right_on=["series_id", "horizon_index"], suffix="_then"
        )
        assert joined.height == pairs.filter(pl.col("origin_index") == origin).height
        assert joined["forecast_quantity"].to_numpy() == pytest.approx(joined["forecast_quantity_then"].to_numpy(), abs=1e-5)


def test_the_pairs_hold_what_came_true_and_the_seasonal_naive():
    history = demand()
    quantity = {(s, p): q for s, p, q in history.rows()}
    pairs = backtest(history, series=SERIES, season_length=12, horizon_periods=3, origins=12)
    assert pairs["origin_index"].n_unique() == 12
    for row in pairs.rows(named=True):
        assert row["period_index"] == row["origin_index"] + row["lag"]
        assert row["actual_quantity"] == quantity[row["series_id"], row["period_index"]]
        naive = quantity.get((row["series_id"], row["period_index"] - 12))
        assert row["naive_quantity"] == naive
        past = [quantity[row["series_id"], p] for p in range(60) if p <= row["origin_index"] and (row["series_id"], p) in quantity]
        differences = [abs(b - a) for a, b in zip(past, past[12:], strict=False)]
        assert row["scale_quantity"] == (pytest.approx(np.mean(differences)) if differences else None)


def test_a_series_takes_part_once_it_has_sold():
    pairs = backtest(demand(), series=SERIES, season_length=12)
    assert pairs.filter(pl.col("series_id") == "s4")["origin_index"].min() == 55
    assert pairs.filter(pl.col("series_id") == "s0")["origin_index"].min() == 47


def test_a_seasonal_company_gains_on_the_seasonal_naive():
    pairs = backtest(demand(3, (60,) * 2 + (60,) + (55,) * 4), series=pl.DataFrame({"series_id": ["s0"]}), season_length=12)
    by_lag = measure_accuracy(pairs, ["lag"])
    assert (by_lag["value_added_ratio"] > 0).all()


def test_without_history_there_is_nothing_to_test():
    empty = demand().clear()
    assert backtest(empty, series=SERIES, season_length=12).height == 0
    one_period = demand().filter(pl.col("period_index") == 59)
    assert backtest(one_period, series=SERIES, season_length=12).height == 0


def test_kept_pairs_come_back_to_the_last_byte_and_only_for_the_same_histories_groups_and_settings(monkeypatch):
    history = demand()
    first = backtest(history, series=SERIES, season_length=12, origins=4)
    kept = pl.concat([first, backtest(history.filter(pl.col("series_id") == "s0"), series=SERIES[:1], season_length=12, origins=4)])

    def refuse(*_, **__):
        raise AssertionError("forecast again")

    monkeypatch.setattr(importlib.import_module("sop_pipeline.planning.forecasting.backtest"), "forecast_panel", refuse)
    shuffled = history.sample(fraction=1.0, shuffle=True, seed=1)
    assert backtest(shuffled, series=SERIES, season_length=12, origins=4, kept_pairs=kept).equals(first)
    other = pl.col("quantity") + pl.when(pl.col("period_index") == 59).then(0.001).otherwise(0.0)
    for changed, series, origins in [
        (history.with_columns(other), SERIES, 4),
        (history, SERIES.with_columns(group_id=pl.lit("h")), 4),
        (history, SERIES, 5),
    ]:
        with pytest.raises(AssertionError, match="forecast again"):
            backtest(changed, series=series, season_length=12, origins=origins, kept_pairs=kept)
