"""What is needed before its completion, period by period: supply shifted back by its lead time. What needs it, and how much, stays out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.inputs import Floats, Positions, SupplyInputs


@dataclass(frozen=True)
class Late:
    """What completions after the horizon need inside it: per entry a row of the target, a period, and a source at its mean daily rate."""

    target: Positions
    period: Positions
    source: Positions
    per_daily_unit: Floats


def shifted(inputs: SupplyInputs, source: Positions, offset: int, supply: Floats) -> Floats:
    """What is needed in each period of the supply of some sources, `offset` periods before it completes; rows as `source`, planning units.

    Completions after the horizon go on at the mean daily rate of its last season. What the first period does for later completions
    falls on the whole of it, so only the share that is still to come is needed in what is left of it.
    """
    periods = supply.shape[1]
    needed = np.zeros((source.size, periods))
    if offset < periods:
        needed[:, : periods - offset] = supply[source, offset:]
    if offset and inputs.timing.working_days_after.shape[1]:
        first, days = days_after(inputs, source, offset)
        needed[:, first:] += mean_rate(inputs, source, supply)[:, None] * days
    if offset:
        needed[:, 0] *= inputs.timing.first_period_ratio
    return needed


def first_ratio(inputs: SupplyInputs, offset: int, periods: int) -> Floats:
    """The share of each period's need that is still to come, for completions `offset` periods later."""
    ratio = np.ones(periods)
    if offset:
        ratio[0] = inputs.timing.first_period_ratio
    return ratio


def rate_days(inputs: SupplyInputs, source: Positions) -> Floats:
    """Per source: the working days of its family in the last season of the horizon, 0 where nothing is planned beyond it."""
    if not inputs.timing.working_days_after.shape[1]:
        return np.zeros(source.size)
    return inputs.families.working_days[inputs.sources.family[source], -inputs.timing.season_periods :].sum(axis=1)


def mean_rate(inputs: SupplyInputs, source: Positions, supply: Floats) -> Floats:
    """Per source its mean daily supply over the last season of the horizon; planning units a day."""
    days = rate_days(inputs, source)
    total = supply[source, -inputs.timing.season_periods :].sum(axis=1)
    return np.divide(total, days, out=np.zeros_like(days), where=days > 0)


def days_after(inputs: SupplyInputs, source: Positions, offset: int) -> tuple[int, Floats]:
    """The first period that works for completions after the horizon, and the working days of the completions of it and later ones."""
    periods = inputs.shape[1]
    after = inputs.timing.working_days_after[inputs.sources.family[source]]
    first = max(periods - offset, 0)
    position = np.minimum(np.arange(first, periods) + offset - periods, after.shape[1] - 1)
    return first, after[:, position]


def late_needs(inputs: SupplyInputs, target: Positions, source: Positions, offset: Positions, per_unit: Floats) -> Late:
    """What each row of a constraint needs of the daily rates that go on after the horizon; one entry per row, period and source."""
    parts: list[tuple[NDArray[np.int64], ...]] = []
    values: list[Floats] = []
    _, periods = inputs.shape
    if inputs.timing.working_days_after.shape[1]:
        for ahead in np.unique(offset[offset > 0]):
            now = np.flatnonzero((offset == ahead) & (rate_days(inputs, source) > 0))
            first, days = days_after(inputs, source[now], int(ahead))
            ratio = first_ratio(inputs, int(ahead), periods)[first:]
            entry, late = np.meshgrid(now, np.arange(first, periods), indexing="ij")
            parts.append((target[entry].ravel(), late.ravel(), source[entry].ravel()))
            values.append((per_unit[now][:, None] * days * ratio).ravel())
    if not parts:
        none = np.zeros(0, dtype=np.int64)
        return Late(none, none, none, np.zeros(0))
    keys, place = np.unique(np.stack([np.concatenate(column) for column in zip(*parts, strict=True)]), axis=1, return_inverse=True)
    total = np.zeros(keys.shape[1])
    np.add.at(total, place.ravel(), np.concatenate(values))
    return Late(keys[0], keys[1], keys[2], total)
