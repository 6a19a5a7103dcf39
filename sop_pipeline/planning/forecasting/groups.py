"""The season of a group of items, for members too young to show their own.

How a forecast uses it stays with the caller.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sop_pipeline.planning.forecasting.panel import Flags, Floats, take_series

EXPLAINED_VARIANCE = 0.6  # a wrong grouping makes young items 1.5 to 5 times worse, so the group has to prove itself
FEWEST_MEMBERS = 2


@dataclass(frozen=True)
class GroupSeason:
    """Log seasonal indices of each series' group (season x series, 0 where `trusted` is false) and the share of variance it explains."""

    indices: Floats
    explained: Floats
    trusted: Flags


def group_seasons(indices: Floats, teaches: Flags, groups: npt.NDArray[np.str_]) -> GroupSeason:
    """Average the log seasonal indices of the members of each group that have their own, if the group explains enough of them.

    `indices`: season x series, `teaches`: which series have a season learned from at least two years, `groups`: the
    group of each series, empty for none. Explained share = 1 - (squares around the group's mean / (k - 1)) / (squares
    / k) over its k teaching members: independent indices explain nothing on average. The group is trusted from 0.6
    on; fewer than two teaching members prove nothing.
    """
    result, explained = np.zeros_like(indices), np.zeros(indices.shape[1])
    for group in np.unique(groups[groups != ""]):
        members = groups == group
        learned = take_series(indices, members & teaches)
        count = learned.shape[1]
        if count < FEWEST_MEMBERS or not learned.any():
            continue
        mean = learned.mean(axis=1)
        around_mean = float(((learned - mean[:, None]) ** 2).sum()) / (count - 1)
        share = 1 - around_mean / (float((learned**2).sum()) / count)
        explained[members] = share
        if share >= EXPLAINED_VARIANCE:
            result[:, members] = mean[:, None]
    return GroupSeason(result, explained, explained >= EXPLAINED_VARIANCE)
