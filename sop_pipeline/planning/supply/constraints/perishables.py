"""Shelf life: stock is never older than it keeps, and what spoils is scrapped."""

import numpy as np

from sop_pipeline.planning.supply.constraints.balance import LadderColumns
from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.ladder import Segments
from sop_pipeline.planning.supply.matrix import Indices
from sop_pipeline.planning.supply.prices import Prices

# Enough to tell scrap from stock that is merely dear to hold; what scrap really costs is the supply that replaces it.
SCRAP_TO_VALUE = 0.01


def perishable(inputs: SupplyInputs) -> np.ndarray:
    """Positions of families whose stock spoils within the horizon."""
    life = inputs.families.shelf_life_periods
    return np.flatnonzero(life > 0)


def fresh_opening(inputs: SupplyInputs) -> Floats:
    """Of the opening stock what still keeps at the end of each period, where nobody has taken it; FT, planning units."""
    families = inputs.families
    opening = np.maximum(inputs.opening_position_quantity, 0.0)[:, None]
    keeps = np.arange(inputs.shape[1]) < families.fresh_opening_periods[:, None]
    known = families.fresh_opening_quantity
    fresh = np.where(np.isnan(known), np.where(keeps, opening, 0.0), np.minimum(known, opening))
    return np.minimum.accumulate(fresh, axis=1)


def scrap_price(inputs: SupplyInputs, prices: Prices, segments: Segments) -> Floats:
    """What a scrapped unit costs in the objective (FT, money): a little, and all that carrying it to the end of the horizon could cost.

    So nothing is thrown away before its time because a stock is dear or above its target.
    """
    _, periods = inputs.shape
    carrying = np.zeros(inputs.shape)
    stock = segments.sign > 0
    np.maximum.at(carrying, (segments.family[stock], segments.period[stock]), segments.cost[stock])
    ahead = np.cumsum(carrying[:, ::-1], axis=1)[:, ::-1]
    # Of two equal times the later one is cheaper: what spoils is kept as long as it keeps.
    early = 1.0 + np.arange(periods, 0, -1) / max(periods, 1)
    price: Floats = SCRAP_TO_VALUE * prices.value[:, None] * early + ahead
    return price


def spoil(draft: Draft, supply: SupplyColumns, ladder: LadderColumns, rows: Indices) -> None:
    """inventory[t] ≤ good supply of the last `life` periods + opening stock that is still fresh; scrap leaves the balance."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    families, sources, segments = inputs.families, inputs.sources, ladder.segments
    some = perishable(inputs)
    periods = inputs.shape[1]
    shape = (some.size, periods)
    scale = scales.family[some][:, None]
    scrap = matrix.columns("scrap", shape, cost=scrap_price(inputs, prices, segments)[some], scale=scale)
    matrix.put(rows[some], scrap, -1.0)

    kept = matrix.rows("shelf_life", shape, -np.inf, fresh_opening(inputs)[some], scale)
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
    # No more spoils than was made as long ago as it keeps: goods are not thrown away to make room in a store.
    keeps = fresh_opening(inputs)[some]
    whole = np.maximum(inputs.opening_position_quantity[some], 0.0)[:, None]
    due = matrix.rows("spoiled", shape, -np.inf, np.concatenate([whole, keeps[:, :-1]], axis=1) - keeps, scale)
    matrix.put(due, scrap, 1.0)
    for span in np.unique(life[life < periods]):
        old = source[life == span]
        for part in supply.parts:
            target = due[place[sources.family[old]], span:]
            matrix.put(target, part[old, : periods - span], -sources.yield_ratio[old][:, None])


def scrap_quantity(columns: Floats, inputs: SupplyInputs) -> Floats:
    """Scrap per family and period from the columns of the families that can spoil."""
    scrap = np.zeros(inputs.shape)
    if columns.size:
        scrap[perishable(inputs)] = columns
    return scrap
