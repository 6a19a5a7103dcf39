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
    """The pairs of periods between which a family's daily rate is compared; one entry per row of the constraint."""

    family: NDArray[np.int64]
    period: NDArray[np.int64]
    before: NDArray[np.int64]  # the working period before, or -1 for the rate before the first period


def rate_changes(inputs: SupplyInputs, rules: Rules) -> RateChanges:
    """Where a family's rate has a price and the period has working days; the first period only where the rate before it is known."""
    families = inputs.families
    count, periods = inputs.shape
    works = families.working_days > 0
    number = np.where(works, np.arange(periods), -1)
    latest = np.maximum.accumulate(number, axis=1)
    before = np.concatenate([np.full((count, 1), -1), latest[:, :-1]], axis=1)
    started = np.maximum.accumulate(np.where(rules.is_block_start, np.arange(periods), -1), axis=1)
    same_block = (before >= started) & (before >= 0)
    from_history = (before < 0) & ~np.isnan(families.previous_rate)[:, None] & (started < 0)
    family, period = np.nonzero((rules.rate_change > 0) & works & (same_block | from_history))
    return RateChanges(family, period, before[family, period])


def levelled_sources(inputs: SupplyInputs) -> NDArray[np.bool_]:
    """Per source: it counts in its family's rate. Production where a family has any, else all its sources; subcontract fills the rest."""
    sources = inputs.sources
    made = np.zeros(inputs.shape[0], dtype=bool)
    made[sources.family[sources.kind == PRODUCTION]] = True
    return (sources.kind == PRODUCTION) | ~made[sources.family]


def hold_rate(draft: Draft, supply: SupplyColumns) -> None:
    """x[t]/days[t] − x[t−1]/days[t−1] = up − down, at a price per unit a day; no row where a family has no price or a block begins."""
    matrix, inputs, rules, scales = draft.matrix, draft.inputs, draft.rules, draft.scales
    changes = rate_changes(inputs, rules)
    families, sources = inputs.families, inputs.sources
    mean_days = mean_working_days(families.working_days)
    scale = scales.family[changes.family]
    cost = rules.rate_change[changes.family, changes.period] / mean_days[changes.family]
    up, down = (matrix.columns(name, changes.family.shape, cost=cost, scale=scale) for name in ("rate_up", "rate_down"))
    first = changes.before < 0
    start = np.where(first, np.nan_to_num(families.previous_rate[changes.family]) * mean_days[changes.family], 0.0)
    rows = matrix.rows("rate", changes.family.shape, start, start, scale)
    matrix.put(rows, up, -1.0)
    matrix.put(rows, down, 1.0)

    counted = np.flatnonzero(levelled_sources(inputs))
    family = sources.family[counted]
    per_unit = mean_days[family][:, None] / np.where(families.working_days > 0, families.working_days, 1.0)[family]
    for period, sign, compared in ((changes.period, 1.0, np.ones_like(first)), (changes.before, -1.0, ~first)):
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
