"""A steady daily rate where a strategy asks for one. Steady heads are with the workforce."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import PRODUCTION, Floats, SupplyInputs
from sop_pipeline.planning.supply.strategies import Rules


@dataclass(frozen=True)
class RateChanges:
    """What a family's daily rate is compared with; one entry per row of the constraint."""

    family: NDArray[np.int64]
    period: NDArray[np.int64]
    before: NDArray[np.int64]  # the working period before, -1 for the rate before the first period, or -2 for the rate of its block
    block: NDArray[np.int64]  # the block of a level family whose one rate it shall have, numbered over all families; -1 elsewhere


def rate_changes(inputs: SupplyInputs, rules: Rules) -> RateChanges:
    """Where a family's rate has a price and the period has working days.

    A level family is held to the one rate of its block, so that a period that cannot follow leaves the others at it; others are held to
    the period before, the first one only where the rate before it is known.
    """
    families = inputs.families
    count, periods = inputs.shape
    works = families.working_days > 0
    number = np.where(works, np.arange(periods), -1)
    latest = np.maximum.accumulate(number, axis=1)
    before = np.concatenate([np.full((count, 1), -1), latest[:, :-1]], axis=1)
    started = np.maximum.accumulate(np.where(rules.is_block_start, np.arange(periods), -1), axis=1)
    same_block = (before >= started) & (before >= 0)
    from_history = (before < 0) & ~np.isnan(families.previous_rate)[:, None] & (started < 0)
    priced = (rules.rate_change > 0) & works
    family, period = np.nonzero(priced & (rules.is_level | same_block | from_history))
    is_level = rules.is_level[family, period]
    block = np.full(family.size, -1)
    _, block[is_level] = np.unique((family * periods + started[family, period])[is_level], return_inverse=True)
    return RateChanges(family, period, np.where(is_level, -2, before[family, period]), block)


def rate_deviation(inputs: SupplyInputs, changes: RateChanges, rate: Floats) -> Floats:
    """Per entry how far the daily rate (FT) is from what it is compared with; a block's rate is the median, nearest to all."""
    compared = rate[changes.family, np.maximum(changes.before, 0)]
    compared = np.where(changes.before == -1, np.nan_to_num(inputs.families.previous_rate[changes.family]), compared)
    own = rate[changes.family, changes.period]
    for block in range(int(changes.block.max(initial=-1)) + 1):
        mine = changes.block == block
        compared[mine] = np.median(own[mine])
    return np.abs(own - compared)


def levelled_sources(inputs: SupplyInputs) -> NDArray[np.bool_]:
    """Per source: it counts in its family's rate. Production where a family has any, else all its sources; subcontract fills the rest."""
    sources = inputs.sources
    made = np.zeros(inputs.shape[0], dtype=bool)
    made[sources.family[sources.kind == PRODUCTION]] = True
    return (sources.kind == PRODUCTION) | ~made[sources.family]


def hold_rate(draft: Draft, supply: SupplyColumns) -> None:
    """x[t]/days[t] − the rate before, or the rate of the block, = up − down, at a price per unit a day; no row without a price."""
    matrix, inputs, rules, scales = draft.matrix, draft.inputs, draft.rules, draft.scales
    changes = rate_changes(inputs, rules)
    families, sources = inputs.families, inputs.sources
    mean_days = mean_working_days(families.working_days)
    scale = scales.family[changes.family]
    cost = rules.rate_change[changes.family, changes.period] / mean_days[changes.family]
    up, down = (matrix.columns(name, changes.family.shape, cost=cost, scale=scale) for name in ("rate_up", "rate_down"))
    first = changes.before == -1
    start = np.where(first, np.nan_to_num(families.previous_rate[changes.family]) * mean_days[changes.family], 0.0)
    rows = matrix.rows("rate", changes.family.shape, start, start, scale)
    matrix.put(rows, up, -1.0)
    matrix.put(rows, down, 1.0)
    in_block = changes.block >= 0
    if in_block.any():
        _, of_block = np.unique(changes.block[in_block], return_index=True)
        level = matrix.columns("block_rate", of_block.shape, scale=scale[in_block][of_block])
        matrix.put(rows[in_block], level[changes.block[in_block]], -1.0)

    counted = np.flatnonzero(levelled_sources(inputs))
    family = sources.family[counted]
    per_unit = mean_days[family][:, None] / np.where(families.working_days > 0, families.working_days, 1.0)[family]
    for period, sign, compared in ((changes.period, 1.0, np.ones_like(first)), (changes.before, -1.0, changes.before >= 0)):
        at = np.full(inputs.shape, -1, dtype=np.int32)
        at[changes.family[compared], period[compared]] = rows[compared]
        placed = at[family]
        used = placed >= 0
        for part in supply.parts:
            matrix.put(placed[used], part[counted][used], sign * per_unit[used])


def mean_working_days(working_days: Floats) -> Floats:
    """Per family the mean over periods that have any; 1 where none has."""
    days, count = working_days.sum(axis=1), (working_days > 0).sum(axis=1)
    return np.divide(days, count, out=np.ones_like(days), where=count > 0)
