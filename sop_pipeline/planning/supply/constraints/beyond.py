"""Supply that goes on after the horizon at its mean daily rate, and needs capacity and components before the horizon ends."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Positions, SupplyInputs
from sop_pipeline.planning.supply.lead_times import rate_days
from sop_pipeline.planning.supply.matrix import Indices


@dataclass(frozen=True)
class RateColumns:
    """One column per source whose lead time reaches beyond the horizon: its daily rate; `place` finds it, -1 where there is none."""

    place: Positions
    columns: Indices


def early_sources(inputs: SupplyInputs) -> Positions:
    """Sources that need something before they complete, and go on after the horizon."""
    _, maker = inputs.issue_pairs()
    usages, issues = inputs.usages, inputs.issue_pairs()[0]
    found = np.unique(np.concatenate([usages.source[usages.offset > 0], maker[issues.offset > 0]]))
    return found[rate_days(inputs, found) > 0]


def go_on(draft: Draft, supply: SupplyColumns) -> RateColumns:
    """Σ x of the last season = its working days × the daily rate, one row per source that needs something early."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    source = early_sources(inputs)
    place = np.full(len(inputs.sources.source_ids), -1)
    place[source] = np.arange(source.size)
    if not source.size:
        return RateColumns(place, np.zeros(0, dtype=np.int32))
    size = scales.family[inputs.sources.family[source]]
    days = rate_days(inputs, source)
    rates = matrix.columns("mean_rate", source.shape, scale=size / days)
    rows = matrix.rows("mean_rate", source.shape, 0.0, 0.0, size)
    for part in supply.parts:
        matrix.put(rows[:, None], part[source, -inputs.timing.season_periods :], 1.0)
    matrix.put(rows, rates, -days)
    return RateColumns(place, rates)
