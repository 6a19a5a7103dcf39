"""Intermittent models against statsforecast's and by hand."""

import numpy as np
import pytest
from statsforecast.models import IMAPA

from sop_pipeline.planning.forecasting.intermittent import imapa, intermittent_forecast, recent_mean


def demand(length, share, seed):
    generator = np.random.default_rng(seed)
    values = np.where(generator.random(length) < share, generator.poisson(8, length) + 1.0, 0.0)
    values[0] = 5.0
    return values


@pytest.mark.parametrize("share", [0.15, 0.3, 0.6])
def test_imapa_agrees_with_statsforecast(share):
    histories = [demand(60, share, seed) for seed in range(40)]
    ours = imapa(np.array(histories).T)
    theirs = np.array([IMAPA().forecast(y=history, h=1)["mean"][0] for history in histories])
    assert np.abs(ours - theirs).mean() < 0.02 * theirs.mean()
    assert ours == pytest.approx(theirs, rel=0.15, abs=0.1)


def test_the_neighbours_do_not_matter():
    young, old = demand(9, 0.4, 1), demand(50, 0.2, 2)
    padded = np.concatenate([np.full(41, np.nan), young])
    assert imapa(np.array([padded, old]).T)[0] == imapa(young[:, None])[0]


def test_the_forecast_is_flat_and_the_mean_of_both():
    values = demand(40, 0.3, 4)[:, None]
    forecast = intermittent_forecast(values, 5, 12)
    assert forecast[:, 0] == pytest.approx([0.5 * (imapa(values)[0] + values[-12:].mean())] * 5)


def test_the_forecast_decays_after_the_last_sale():
    values = demand(30, 0.5, 6)
    levels = [intermittent_forecast(np.append(values, np.zeros(quiet))[:, None], 1, 12)[0, 0] for quiet in (0, 6, 12, 23)]
    assert levels == sorted(levels, reverse=True)
    assert levels[-1] < 0.35 * levels[0]


def test_the_recent_mean_takes_what_there_is():
    assert recent_mean(np.array([[np.nan], [4.0], [2.0]]), 12).tolist() == [3.0]
    assert recent_mean(np.empty((0, 1)), 12).tolist() == [0.0]
