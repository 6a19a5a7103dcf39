"""Columns of supply: limits, frozen quantities, minimum runs, the anchor to the approved plan, and limits over the sources of a kind."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import KINDS, PRODUCTION, Floats, SupplyInputs
from sop_pipeline.planning.supply.keys import key_hash
from sop_pipeline.planning.supply.matrix import CONTINUOUS, SEMI_CONTINUOUS, Indices
from sop_pipeline.planning.supply.prices import Prices

TIE_BREAK = 1e-6
SMALLEST_RUN = 1e-3  # of a solver unit, a hundred-thousandth of a usual period: below it a run is no limit, and not told from none


@dataclass(frozen=True)
class SupplyColumns:
    """Columns whose sum is the supply of a source in a period, each JT; one, or two where the column is split at the approved quantity."""

    parts: tuple[Indices, ...]


@dataclass(frozen=True)
class SupplyBounds:
    """What a source may supply: its own limits and, where it is the only source of its kind, those of the kind; JT, planning units."""

    lower: Floats
    upper: Floats
    is_shared: NDArray[np.bool_]  # J: other sources share the limits of its kind


def supply_bounds(inputs: SupplyInputs) -> SupplyBounds:
    """Bounds of every source: no production in a period without working days unless asked for, nothing where a run does not fit."""
    sources, limits, families = inputs.sources, inputs.limits, inputs.families
    count = np.zeros((len(KINDS), len(families.family_ids)), dtype=np.int64)
    np.add.at(count, (sources.kind, sources.family), 1)
    shared = count[sources.kind, sources.family] > 1
    own = ~shared[:, None]
    least, most = (bound[sources.kind, sources.family] for bound in (limits.minimum_quantity, limits.maximum_quantity))
    lower = np.where(own, np.maximum(sources.minimum_quantity, least), sources.minimum_quantity)
    upper = np.where(own, np.minimum(sources.maximum_quantity, most), sources.maximum_quantity)
    too_small = upper < sources.minimum_run_quantity
    closed = (sources.kind == PRODUCTION)[:, None] & (families.working_days[sources.family] <= 0)
    upper = np.where((closed | too_small) & (lower == 0) & (least == 0), 0.0, upper)
    return SupplyBounds(lower=lower, upper=np.maximum(upper, lower), is_shared=shared)


def tie_break_prices(inputs: SupplyInputs, prices: Prices) -> Floats:
    """A millionth of the family's value times a hash of the source's key: equal plans are told apart by name, not position. JT, money."""
    sources, families = inputs.sources, inputs.families
    keys = [f"{families.family_ids[f]}/{KINDS[k]}/{s}" for f, k, s in zip(sources.family, sources.kind, sources.source_ids, strict=True)]
    return TIE_BREAK * prices.value[sources.family][:, None] * key_hash(keys, inputs.shape[1])


def components_before(inputs: SupplyInputs, prices: Prices) -> Floats:
    """What the components of the first periods' production are worth, which were taken before the horizon; JT, money per unit.

    It steers only: without it, making early would save the components.
    """
    issues, source = inputs.issue_pairs()
    worth = np.zeros_like(inputs.sources.unit_cost)
    value = issues.quantity_per_unit * prices.cheapest_supply[issues.component]
    np.add.at(worth, source, value[:, None] * (np.arange(inputs.shape[1]) < issues.offset[:, None]))
    return worth


def anchored(inputs: SupplyInputs) -> NDArray[np.bool_]:
    """Per source: it has an approved plan to stay near, and no minimum run, whose column cannot be split."""
    return ~np.isnan(inputs.sources.approved_quantity).all(axis=1) & (inputs.sources.minimum_run_quantity == 0).all(axis=1)


def add_supply(draft: Draft) -> SupplyColumns:
    """Allocate the supply of every source and period, within its limits and anchored to the approved plan.

    |x − approved| needs no row: the column is split at the approved quantity, the part below it is cheaper and the part above dearer.
    """
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    sources = inputs.sources
    bounds = supply_bounds(inputs)
    shape = bounds.lower.shape
    scale = scales.family[sources.family][:, None]
    cost = sources.unit_cost + tie_break_prices(inputs, prices) + components_before(inputs, prices)
    # A quantity that is asked for over several sources may lie between their runs: it wins.
    asked = bounds.is_shared[:, None] & (inputs.limits.minimum_quantity[sources.kind, sources.family] > 0)
    runs = (sources.minimum_run_quantity > SMALLEST_RUN * scale) & (bounds.lower == 0) & (bounds.upper > 0) & ~asked
    kind = np.where(runs, SEMI_CONTINUOUS, CONTINUOUS)
    lower = np.where(runs, sources.minimum_run_quantity, bounds.lower)
    # A semi-continuous column needs an end; nobody makes in one period more than ten times what is needed in all of them.
    most = (
        10 * prices.requirement_quantity[sources.family][:, None]
        + 10 * lower
        + inputs.families.opening_inventory_quantity[sources.family][:, None]
    )
    upper = np.where(runs, np.minimum(bounds.upper, most), bounds.upper)

    held = anchored(inputs)[:, None] & ~np.isnan(sources.approved_quantity)
    if not held.any():
        return SupplyColumns((matrix.columns("supply", shape, cost=cost, lower=lower, upper=upper, scale=scale, kind=kind),))
    approved = np.where(held, np.clip(np.nan_to_num(sources.approved_quantity), lower, upper), upper)
    anchor = np.where(held, prices.anchor, 0.0)
    kept = matrix.columns("supply", shape, cost=cost - anchor, lower=lower, upper=approved, scale=scale, kind=kind)
    added = matrix.columns(
        "supply_added", shape, cost=cost + anchor, upper=np.subtract(upper, approved, out=np.zeros(shape), where=held), scale=scale
    )
    outside = np.abs(np.nan_to_num(sources.approved_quantity) - approved)
    matrix.offset_amount += float((anchor * np.where(held, approved + outside, 0.0)).sum())
    return SupplyColumns((kept, added))


def limit_kinds(draft: Draft, supply: SupplyColumns) -> None:
    """Minimum, maximum, overridden and frozen quantities over several sources of a kind, one row where a limit says something."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    limits, sources = inputs.limits, inputs.sources
    shared = np.zeros(limits.minimum_quantity.shape[:2], dtype=bool)
    is_shared = supply_bounds(inputs).is_shared
    shared[sources.kind[is_shared], sources.family[is_shared]] = True
    says = shared[:, :, None] & ((limits.minimum_quantity > 0) | np.isfinite(limits.maximum_quantity))
    if not says.any():
        return
    kind, family, period = np.nonzero(says)
    rows = matrix.rows("kind_limit", kind.shape, limits.minimum_quantity[says], limits.maximum_quantity[says], scales.family[family])
    at = np.full(says.shape, -1, dtype=np.int32)
    at[kind, family, period] = rows
    placed = at[sources.kind, sources.family]
    for part in supply.parts:
        matrix.put(placed[placed >= 0], part[placed >= 0], 1.0)
