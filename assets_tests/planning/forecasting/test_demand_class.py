"""Demand classes, routes and the seasons of groups."""

import numpy as np
import pytest

from sop_pipeline.planning.forecasting.demand_class import profile_demand
from sop_pipeline.planning.forecasting.groups import group_seasons
from sop_pipeline.planning.forecasting.panel import stack


def profile(*histories, season=12):
    return profile_demand(stack([str(i) for i in range(len(histories))], [np.array(h, dtype=float) for h in histories]), season)


def test_the_interval_and_the_variation_follow_their_definitions():
    one = profile([4.0, 0.0, 2.0, 0.0, 0.0, 6.0])
    assert one.average_interval[0] == 2.0
    assert one.squared_variation[0] == pytest.approx(np.var([4, 2, 6]) / 16)
    assert one.observations[0] == 6


@pytest.mark.parametrize(
    ("history", "demand_class", "route"),
    [
        ([5.0, 6.0] * 12, "smooth", "ensemble"),
        ([1.0, 90.0, 1.0] * 8, "erratic", "ensemble"),
        ([5.0, 0.0, 6.0] * 8, "intermittent", "intermittent"),
        ([1.0, 0.0, 0.0, 80.0] * 6, "lumpy", "intermittent"),
        ([5.0, 6.0], "smooth", "short"),
        ([5.0] * 23, "smooth", "short"),
        ([5.0] * 80 + [0.0] * 24, "smooth", "zero"),
        ([5.0] * 80 + [0.0] * 23, "smooth", "ensemble"),
        ([5.0] * 20 + [0.0] * 23, "intermittent", "intermittent"),
    ],
)
def test_a_series_takes_the_route_of_its_demand(history, demand_class, route):
    one = profile(history)
    assert (one.demand_class[0], one.route[0]) == (demand_class, route)


def test_the_largest_quantities_do_not_overflow():
    assert profile([1e30, 1e29] * 12).squared_variation[0] == pytest.approx(profile([10.0, 1.0] * 12).squared_variation[0])


def waves(*amplitudes, noise=0.0):
    generator = np.random.default_rng(5)
    wave = np.sin(2 * np.pi * np.arange(12) / 12)[:, None] * np.array(amplitudes)
    return wave + generator.normal(0, noise, wave.shape) if noise else wave


def test_members_that_share_a_season_lend_it_to_the_young():
    indices = np.concatenate([waves(0.3, 0.32, 0.28), np.zeros((12, 1))], axis=1)
    season = group_seasons(indices, np.array([True, True, True, False]), np.array(["g"] * 4))
    assert season.trusted.all()
    assert season.indices[:, 3] == pytest.approx(indices[:, :3].mean(axis=1))


def test_a_group_whose_members_disagree_lends_nothing():
    generator = np.random.default_rng(1)
    season = group_seasons(generator.normal(0, 0.3, (12, 6)), np.ones(6, dtype=bool), np.array(["g"] * 6))
    assert not season.trusted.any()
    assert not season.indices.any()
    assert abs(season.explained[0]) < 0.3


def test_one_member_proves_nothing_and_no_group_is_no_group():
    indices = waves(0.3, 0.3, 0.3)
    season = group_seasons(indices, np.array([True, True, True]), np.array(["a", "", ""]))
    assert not season.trusted.any()
