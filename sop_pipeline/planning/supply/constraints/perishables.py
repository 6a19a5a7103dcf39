"""Shelf life: stock is never older than it keeps, and what spoils is scrapped."""

import numpy as np

from sop_pipeline.planning.supply.constraints.balance import LadderColumns
from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.matrix import Indices

# Enough to tell scrap from stock that is merely dear to hold; what scrap really costs is the supply that replaces it.
SCRAP_TO_VALUE = 0.01


def perishable(inputs: SupplyInputs) -> np.ndarray:
    """Positions of families whose stock spoils within the horizon."""
    life = inputs.families.shelf_life_periods
    return np.flatnonzero(life > 0)


def spoil(draft: Draft, supply: SupplyColumns, ladder: LadderColumns, rows: Indices) -> None:
    """inventory[t] ≤ good supply of the last `life` periods + opening stock that is still fresh; scrap leaves the balance."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    families, sources, segments = inputs.families, inputs.sources, ladder.segments
    some = perishable(inputs)
    periods = inputs.shape[1]
    shape = (some.size, periods)
    scale = scales.family[some][:, None]
    scrap = matrix.columns("scrap", shape, cost=SCRAP_TO_VALUE * prices.value[some][:, None], scale=scale)
    matrix.put(rows[some], scrap, -1.0)

    fresh = np.arange(periods) < families.fresh_opening_periods[some][:, None]
    opening = np.maximum(inputs.opening_position_quantity[some], 0.0)[:, None]
    kept = matrix.rows("shelf_life", shape, -np.inf, np.where(fresh, opening, 0.0), scale)
    place = np.full(inputs.shape[0], -1)
    place[some] = np.arange(some.size)
    stock = (segments.sign > 0) & (place[segments.family] >= 0)
    matrix.put(kept[place[segments.family[stock]], segments.period[stock]], ladder.columns[stock], 1.0)
    source = np.flatnonzero(place[sources.family] >= 0)
    life = np.minimum(families.shelf_life_periods[sources.family[source]], periods)
    for age in range(int(life.max(initial=0))):
        young = source[life > age]
        for part in supply.parts:
            target = kept[place[sources.family[young]], age:]
            matrix.put(target, part[young, : periods - age], -sources.yield_ratio[young][:, None])


def scrap_quantity(columns: Floats, inputs: SupplyInputs) -> Floats:
    """Scrap per family and period from the columns of the families that can spoil."""
    scrap = np.zeros(inputs.shape)
    if columns.size:
        scrap[perishable(inputs)] = columns
    return scrap
