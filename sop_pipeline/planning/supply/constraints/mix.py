"""Families of which some items are made and some bought: purchases keep their share. Which items those are stays out."""

import numpy as np

from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import PURCHASE, Floats, Positions, SupplyInputs
from sop_pipeline.planning.supply.prices import FOLLOW_MULTIPLE, Prices


def mixed_families(inputs: SupplyInputs) -> Positions:
    """Positions of the families whose purchases follow what is made."""
    return np.flatnonzero(~np.isnan(inputs.families.purchase_ratio))


def mix_price(prices: Prices, inputs: SupplyInputs) -> Floats:
    """Per mixed family (one column) what a unit beside the mix costs in the objective: more than leaving a target that is followed."""
    return 2 * FOLLOW_MULTIPLE * prices.value[mixed_families(inputs)][:, None]


def mix_deviation(inputs: SupplyInputs, supply: Floats) -> Floats:
    """Units bought beyond the share of what is made, mixed families × periods; below 0 where too few."""
    sources, some = inputs.sources, mixed_families(inputs)
    weight = np.where(sources.kind == PURCHASE, 1.0, -np.nan_to_num(inputs.families.purchase_ratio)[sources.family])
    beyond = np.zeros(inputs.shape)
    np.add.at(beyond, sources.family, weight[:, None] * supply)
    return beyond[some]


def buy_the_mix(draft: Draft, supply: SupplyColumns) -> None:
    """Σ purchases − ratio · Σ made = over − under: a quantity that somebody ordered may break it, at a price."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    sources, some = inputs.sources, mixed_families(inputs)
    shape = (some.size, inputs.shape[1])
    scale = scales.family[some][:, None]
    rows = matrix.rows("mix", shape, 0.0, 0.0, scale)
    over, under = (matrix.columns(name, shape, cost=mix_price(prices, inputs), scale=scale) for name in ("mix_over", "mix_under"))
    matrix.put(rows, over, -1.0)
    matrix.put(rows, under, 1.0)
    place = np.full(inputs.shape[0], -1)
    place[some] = np.arange(some.size)
    mine = np.flatnonzero(place[sources.family] >= 0)
    weight = np.where(sources.kind == PURCHASE, 1.0, -np.nan_to_num(inputs.families.purchase_ratio)[sources.family])
    for part in supply.parts:
        matrix.put(rows[place[sources.family[mine]]], part[mine], weight[mine][:, None])
