"""The search for the lowest point, on functions whose lowest point is known."""

from dataclasses import dataclass

import numpy as np
import pytest

from sop_pipeline.planning.forecasting.simplex_search import minimise


@dataclass(frozen=True)
class Bowl:
    """Squared distance from a target per series (parameters x series), steeper along later parameters."""

    targets: np.ndarray

    def __call__(self, points):
        steepness = np.arange(1.0, len(self.targets) + 1)[:, None]
        return (steepness * (points - self.targets) ** 2).sum(axis=0)

    def take(self, columns):
        return Bowl(self.targets[:, columns])


def search(targets, lower=-100.0, upper=100.0):
    dimensions = len(targets)
    start = np.ones(targets.shape)
    return minimise(Bowl(targets), start, np.full(dimensions, lower), np.full(dimensions, upper))


@pytest.mark.parametrize("dimensions", [2, 3])
def test_every_series_finds_its_own_lowest_point(dimensions):
    targets = np.random.default_rng(dimensions).uniform(-20, 20, (dimensions, 60))
    assert search(targets) == pytest.approx(targets, abs=0.5)  # corners of one height around it end the search early


def test_a_lowest_point_outside_the_bounds_is_sought_within_them():
    found = search(np.tile([[50.0], [0.5]], (1, 9)), upper=3.0)
    assert found[0] == pytest.approx(3.0, abs=0.02)
    assert (found <= 3.0).all()


def test_series_do_not_influence_each_other():
    targets = np.random.default_rng(1).uniform(-20, 20, (3, 100))
    assert search(targets[:, 40:60]).tobytes() == np.ascontiguousarray(search(targets)[:, 40:60]).tobytes()


def test_a_function_that_is_no_number_leaves_its_series_near_the_start():
    targets = np.full((2, 10), 7.0)
    targets[0, 3] = np.nan
    found = search(targets)
    assert found[:, 3] == pytest.approx(1.0, rel=0.051)
    assert found[:, 4] == pytest.approx(7.0, abs=0.05)
