"""The mean of members and the ladder below it."""

import numpy as np
import pytest

from sop_pipeline.planning.forecasting.fallback import combine_members

NAN = np.full((3, 1), np.nan)
HISTORY = np.arange(1.0, 25.0)[:, None]


def constant(value):
    return np.full((3, 1), float(value))


def combine(members, stand_in=NAN, history=HISTORY):
    return combine_members(members, 3, history, 12, lambda: stand_in)


def test_members_are_floored_at_zero_before_they_are_averaged():
    combined = combine({"a": constant(-8), "b": constant(4)})
    assert combined.forecast.tolist() == constant(2).tolist()
    assert combined.rung.tolist() == ["all_members"]
    assert combined.reason.tolist() == [""]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_member_that_is_not_finite_somewhere_is_left_out_and_named(bad):
    broken = np.array([[1.0], [bad], [1.0]])
    combined = combine({"a": broken, "b": constant(4), "c": constant(6)})
    assert combined.forecast.tolist() == constant(5).tolist()
    assert combined.rung.tolist() == ["some_members"]
    assert combined.reason.tolist() == ["not finite, left out: a"]


@pytest.mark.parametrize(
    ("stand_in", "history", "rung", "expected"),
    [
        (constant(7), HISTORY, "theta", [7.0, 7.0, 7.0]),
        (NAN, HISTORY, "seasonal_naive", [13.0, 14.0, 15.0]),
        (NAN, np.array([[np.nan]] * 8 + [[2.0], [4.0], [6.0], [8.0]]), "recent_mean", [5.0, 5.0, 5.0]),
        (NAN, HISTORY[:4], "recent_mean", [2.5, 2.5, 2.5]),
        (NAN, np.full((4, 1), np.nan), "recent_mean", [0.0, 0.0, 0.0]),
    ],
)
def test_without_members_the_ladder_goes_down_step_by_step(stand_in, history, rung, expected):
    combined = combine({"a": NAN}, stand_in, history)
    assert combined.rung.tolist() == [rung]
    assert combined.forecast[:, 0].tolist() == expected


def test_a_stand_in_below_zero_is_raised_to_zero():
    assert combine({"a": NAN}, constant(-3)).forecast.tolist() == constant(0).tolist()


def test_each_series_stands_on_its_own_rung():
    two = np.repeat(HISTORY, 2, axis=1)
    combined = combine_members({"a": np.hstack([constant(1), NAN])}, 3, two, 12, lambda: np.hstack([constant(8), constant(9)]))
    assert combined.rung.tolist() == ["all_members", "theta"]
    assert combined.forecast[0].tolist() == [1.0, 9.0]
