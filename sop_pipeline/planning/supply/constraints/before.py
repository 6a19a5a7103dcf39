"""What completes in the first periods began before the horizon: it is neither free of components nor of capacity. Later load stays out."""

import numpy as np

from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs


def capacity_before(inputs: SupplyInputs) -> Floats:
    """Per resource what a period before the horizon may have given: the mean of the horizon's, at the opening heads; R, capacity units."""
    resources, crew = inputs.resources, inputs.workforce
    own = resources.regular_capacity.copy()
    own[crew.resource] = np.where(np.isinf(own[crew.resource]), 0.0, own[crew.resource])
    capacity = (own + resources.overtime_capacity + resources.extra_shift_capacity).mean(axis=1)
    hours = crew.regular_hours_per_head + crew.overtime_hours_per_head
    capacity[crew.resource] += (hours * (crew.opening_heads[:, None] + crew.temporary_heads)).mean(axis=1)
    return capacity


def load_before(inputs: SupplyInputs, supply: Floats) -> Floats:
    """Load of each resource 1, 2, … periods before the horizon by what the plan completes in it; R × longest offset, capacity units."""
    usages = inputs.usages
    load = np.zeros((len(inputs.resources.resource_ids), int(usages.offset.max(initial=0))))
    for ago in range(1, load.shape[1] + 1):
        now = (usages.offset >= ago) & (usages.offset - ago < inputs.shape[1])
        done = supply[usages.source[now], usages.offset[now] - ago]
        np.add.at(load[:, ago - 1], usages.resource[now], usages.usage_per_unit[now] * done)
    return load


def begin_before(draft: Draft, supply: SupplyColumns) -> None:
    """Σ a·x of what began before the horizon ≤ what a period gave then; beyond it at the price of overload, for what is fixed.

    Without it, a plan would make in its first periods whatever needs a scarce resource earlier, where nothing counts it.
    """
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    usages = inputs.usages
    early = np.unique(usages.resource[usages.offset > 0])
    place = np.full(len(inputs.resources.resource_ids), -1)
    place[early] = np.arange(early.size)
    shape = (early.size, int(usages.offset.max()))
    scale = scales.resource[early][:, None]
    rows = matrix.rows("begun_before", shape, -np.inf, capacity_before(inputs)[early][:, None], scale)
    for ago in range(1, shape[1] + 1):
        now = (usages.offset >= ago) & (usages.offset - ago < inputs.shape[1])
        for part in supply.parts:
            columns = part[usages.source[now], usages.offset[now] - ago]
            matrix.put(rows[place[usages.resource[now]], ago - 1], columns, usages.usage_per_unit[now])
    beyond = matrix.columns("overload_before", shape, cost=prices.overload[early][:, None], scale=scale)
    matrix.put(rows, beyond, -1.0)
