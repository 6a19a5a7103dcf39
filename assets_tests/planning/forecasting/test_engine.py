"""The entry point: what goes in, what comes out, whatever the order, the workers and the season."""

import math

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.library import COMPLEX_SMOOTHING, DAMPED_ETS, DYNAMIC_THETA, fit_library_model


def waves(length, seed=0, noise=0.1, season=12, level=100.0):
    generator = np.random.default_rng(seed)
    time = np.arange(100 - length, 100)
    return level * np.exp(0.4 * np.sin(2 * np.pi * time / season) + generator.normal(0, noise, length))


def history_of(**series):
    rows = [(name, 100 - len(values) + t, float(q)) for name, values in series.items() for t, q in enumerate(values)]
    return pl.DataFrame(rows, schema={"series_id": pl.String, "period_index": pl.Int64, "quantity": pl.Float64}, orient="row")


def forecast(history, series=None, **arguments):
    series = pl.DataFrame({"series_id": history["series_id"].unique()}) if series is None else series
    return forecast_items(history, series=series, **{"horizon_periods": 6, "season_length": 12, "engine": "express", **arguments})


def quantities(result, series_id):
    return result.forecasts.filter(pl.col("series_id") == series_id)["forecast_quantity"].to_numpy()


def method(result, series_id):
    return result.methods.filter(pl.col("series_id") == series_id).row(0, named=True)


MIXED = history_of(
    a=waves(60), b=waves(48, 1), c=waves(30, 2), young=waves(8, 3), sparse=[0, 0, 5] * 12, dead=[*waves(30, 4), *[0] * 24], never=[0.0] * 9
)


@pytest.mark.parametrize("engine", ["express", "standard"])
def test_the_order_of_the_rows_does_not_change_a_byte(engine):
    one = forecast(MIXED, engine=engine)
    series = pl.DataFrame({"series_id": MIXED["series_id"].unique().sort(descending=True)})
    other = forecast(MIXED.sample(fraction=1, shuffle=True, seed=5), series, engine=engine)
    assert one.forecasts.equals(other.forecasts)
    assert one.methods.equals(other.methods)
    assert one.corrections.equals(other.corrections)


@pytest.mark.parametrize("engine", ["express", "standard"])
def test_a_clear_season_is_continued(engine):
    result = forecast(history_of(a=waves(60, noise=0.02), b=waves(60, 1, noise=0.02)), engine=engine)
    expected = 100 * np.exp(0.4 * np.sin(2 * np.pi * np.arange(100, 106) / 12))
    assert quantities(result, "a") == pytest.approx(expected, rel=0.08)
    assert method(result, "a")["method"] == f"{engine}_ensemble"
    assert method(result, "a")["rung"] == "all_members"


def test_thirteen_periods_make_a_season_too():
    result = forecast(history_of(a=waves(65, noise=0.02, season=13), b=waves(65, 1, noise=0.02, season=13)), season_length=13)
    expected = 100 * np.exp(0.4 * np.sin(2 * np.pi * np.arange(100, 106) / 13))
    assert quantities(result, "a") == pytest.approx(expected, rel=0.08)


def test_the_unit_of_a_series_does_not_matter():
    small, large = (forecast(history_of(a=waves(60, level=level), b=waves(50, 1))) for level in (1.0, 2.0**20))
    assert quantities(large, "a") == pytest.approx(quantities(small, "a") * 2.0**20, rel=1e-5)
    assert quantities(large, "b") == pytest.approx(quantities(small, "b"), rel=1e-6)


def test_each_kind_of_series_is_forecast_its_way_and_says_why():
    result = forecast(MIXED)
    assert result.methods["series_id"].to_list() == sorted(MIXED["series_id"].unique())
    assert method(result, "young")["method"] == "smoothing"
    assert "8 periods of history, less than two seasons" in method(result, "young")["reason"]
    assert method(result, "sparse")["method"] == "intermittent"
    assert len(set(quantities(result, "sparse"))) == 1
    assert method(result, "dead") == {
        "series_id": "dead",
        "demand_class": "intermittent",
        "method": "no_demand",
        "rung": "zero",
        "reason": "no demand in the last 24 periods",
        "adi": 1.8,
        "cv2": pytest.approx(method(result, "dead")["cv2"]),
        "observations": 54,
    }
    assert method(result, "never")["demand_class"] == "no_demand"
    assert method(result, "never")["adi"] is None
    assert not quantities(result, "dead").any()
    assert not quantities(result, "never").any()


def test_a_young_item_borrows_the_season_of_its_group_when_the_group_has_one():
    history = history_of(a=waves(60, 1), b=waves(60, 2), c=waves(60, 3), young=waves(9, 4, noise=0.02))
    names = ["a", "b", "c", "young"]
    alone = forecast(history, pl.DataFrame({"series_id": names}))
    grouped = forecast(history, pl.DataFrame({"series_id": names, "group_id": ["g"] * 4}))
    expected = 100 * np.exp(0.4 * np.sin(2 * np.pi * np.arange(100, 106) / 12))
    error = [np.abs(quantities(result, "young") - expected).mean() for result in (grouped, alone)]
    assert error[0] < 0.4 * error[1]
    assert method(grouped, "young")["method"] == "group_season"
    assert "the season of group g" in method(grouped, "young")["reason"]


def test_a_delisted_item_is_not_forecast():
    series = pl.DataFrame({"series_id": ["a", "b"], "last_listed_index": [90, None]})
    result = forecast(history_of(a=waves(60), b=waves(60, 1)), series)
    assert not quantities(result, "a").any()
    assert method(result, "a")["method"] == "delisted"
    assert quantities(result, "b").all()


def test_a_listed_series_without_history_is_forecast_at_nothing():
    result = forecast(history_of(a=waves(30)), pl.DataFrame({"series_id": ["a", "new"]}))
    assert method(result, "new")["reason"] == "no demand in any closed period"
    assert not quantities(result, "new").any()


def test_empty_frames_give_empty_frames():
    result = forecast(history_of())
    assert result.forecasts.height == result.methods.height == result.corrections.height == 0
    assert result.forecasts.columns == ["series_id", "horizon_index", "forecast_quantity", "lower_80", "upper_80", "lower_95", "upper_95"]


def test_an_explosion_goes_on_in_a_straight_line_only():
    demand = [1e-6 * 4.0**t for t in range(30)]
    result = forecast(history_of(a=demand), horizon_periods=18)
    assert quantities(result, "a").max() < 10 * demand[-1]
    assert "growth held" in method(result, "a")["reason"]


def test_quantities_have_six_decimals_and_levels_come_as_asked():
    result = forecast(MIXED, levels=(90, 50))
    assert result.forecasts.columns[3:] == ["lower_50", "upper_50", "lower_90", "upper_90"]
    numbers = result.forecasts.drop("series_id", "horizon_index").to_numpy()
    assert (numbers == np.round(numbers, 6)).all()


@pytest.mark.campaign
def test_workers_do_not_change_a_number(monkeypatch):
    histories = [waves(30, seed) for seed in range(5)]
    alone = fit_library_model(COMPLEX_SMOOTHING, histories, 4, workers=1)
    monkeypatch.setattr("sop_pipeline.planning.forecasting.library.SERIES_WORTH_A_PROCESS", 2)
    assert fit_library_model(COMPLEX_SMOOTHING, histories, 4, workers=2).tobytes() == alone.tobytes()


def test_a_series_the_library_refuses_leaves_the_others():
    fitted = fit_library_model(DAMPED_ETS, [np.array([5.0]), np.full(30, 7.0)], 3)
    assert np.isnan(fitted[:, 0]).all()
    assert fitted[:, 1] == pytest.approx([7.0] * 3, rel=0.05)


@pytest.mark.parametrize("model", [DYNAMIC_THETA, COMPLEX_SMOOTHING, DAMPED_ETS])
def test_a_model_of_the_library_does_not_mind_the_unit(model):
    history = waves(40, 3)
    small = fit_library_model(model, [history], 4)
    assert (fit_library_model(model, [history * 2.0**30], 4) == small * 2.0**30).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"engine": "magic"}, "engine 'magic' is none of"),
        ({"horizon_periods": 0}, "horizon_periods is 0"),
        ({"season_length": 1}, "season_length 1"),
        ({"levels": (80, 100)}, r"\[100\]"),
    ],
)
def test_arguments_out_of_range_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        forecast(MIXED, **arguments)


def test_a_long_history_without_a_gap_needs_no_correction():
    assert forecast(history_of(a=waves(60))).corrections.height == 0
    assert math.isclose(method(forecast(history_of(a=waves(60))), "a")["adi"], 1.0)
