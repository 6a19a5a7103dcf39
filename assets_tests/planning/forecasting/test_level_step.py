"""Steps of the level in series built with known ones: found, sized, and not carried on as season or growth."""

import numpy as np
import polars as pl
import pytest

from sop_pipeline.planning.forecasting import forecast_items
from sop_pipeline.planning.forecasting.level_step import find_level_steps, without_steps

SEASON = 12
AHEAD = 24
WAVE = 1 + 0.4 * np.sin(2 * np.pi * np.arange(SEASON) / SEASON)


def wave(first, periods):
    return WAVE[np.arange(first, first + periods) % SEASON]


def stepped(periods, since, factor, noise=0.0):
    """A level of 100 that becomes 100 x factor `since` periods before the end."""
    level = np.where(np.arange(periods) >= periods - since, 100.0 * factor, 100.0)
    return level * np.exp(np.random.default_rng(periods + since).normal(0, noise, periods))


def forecast(demand, engine):
    history = pl.DataFrame({"series_id": ["a"] * len(demand), "period_index": np.arange(len(demand)), "quantity": demand})
    found = forecast_items(
        history, series=pl.DataFrame({"series_id": ["a"]}), horizon_periods=AHEAD, season_length=SEASON, engine=engine, levels=()
    )
    return found.forecasts["forecast_quantity"].to_numpy(), found.methods["reason"][0]


@pytest.mark.parametrize("engine", ["express", "standard"])
@pytest.mark.parametrize("periods", [36, 60])
@pytest.mark.parametrize("factor", [0.25, 0.5, 2.0, 4.0])
def test_after_a_step_a_year_before_the_end_the_forecast_stays_near_the_new_level(engine, periods, factor):
    quantity, reason = forecast(stepped(periods, 12, factor, noise=0.05), engine)
    assert quantity == pytest.approx(np.full(AHEAD, 100 * factor), rel=0.2)
    assert "the step 12 periods before the end" in reason


@pytest.mark.parametrize("engine", ["express", "standard"])
@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_a_true_season_outlives_a_step(engine, factor):
    quantity, _ = forecast(stepped(48, 12, factor, noise=0.03) * wave(0, 48), engine)
    assert quantity == pytest.approx(100 * factor * wave(48, AHEAD), rel=0.15)


@pytest.mark.parametrize("since", [6, 8, 12, 18, 20])
def test_the_step_is_found_where_it_is_and_as_large_as_it_is(since):
    logs = np.log(stepped(48, since, 3.0) * wave(0, 48))[:, None]
    steps = find_level_steps(logs, SEASON)
    assert steps.periods_since.tolist() == [since]
    assert steps.size == pytest.approx([np.log(3.0)])
    assert without_steps(logs, steps)[:, 0] == pytest.approx(np.log(300 * wave(0, 48)))


@pytest.mark.parametrize("periods", [24, 29, 30, 36, 60])
def test_trends_seasons_and_constants_have_no_step(periods):
    time = np.arange(periods)
    logs = np.log(np.column_stack([100 + 3 * time, 100 * 1.03**time, 500 - 5.0 * time, 100 * wave(0, periods), np.full(periods, 7.0)]))
    assert not find_level_steps(logs, SEASON).periods_since.any()


def test_a_series_among_others_has_the_step_it_has_alone():
    series = [np.log(stepped(60, 14, 2.0, noise=0.02)), np.log(stepped(36, 9, 0.5, noise=0.02)), np.log(stepped(29, 12, 2.0))]
    panel = np.full((60, 3), np.nan)
    for column, logs in enumerate(series):
        panel[60 - len(logs) :, column] = logs
    assert find_level_steps(panel, SEASON).periods_since.tolist() == [14, 9, 0]


def test_a_bump_that_goes_back_is_no_step():
    # One raised half year explains at most half of what it changes: it comes into the differences once with either sign.
    demand = np.full(60, 100.0)
    demand[30:42] = 180.0
    assert find_level_steps(np.log(demand)[:, None], SEASON).periods_since.tolist() == [0]


def test_a_step_that_explains_less_than_nine_tenths_is_left_to_the_models():
    # The differences: 12 of log 2, and as many of a fifth as many squares in alternating signs elsewhere.
    logs = np.where(np.arange(60) >= 42, np.log(2.0), 0.0)
    logs[12:24] += np.sqrt(0.2) * np.log(2.0) * (-1.0) ** np.arange(12)
    steps = find_level_steps(logs[:, None], SEASON)
    assert steps.periods_since.tolist() == [0]
    logs[12:24] /= 4
    assert find_level_steps(logs[:, None], SEASON).periods_since.tolist() == [18]
