"""What supply and stock take of resources: load, tiers beyond regular capacity, storage, storable material, overload."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.constraints.balance import LadderColumns
from sop_pipeline.planning.supply.constraints.beyond import RateColumns
from sop_pipeline.planning.supply.constraints.sources import SupplyColumns, supply_bounds
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.lead_times import first_ratio, late_needs, shifted
from sop_pipeline.planning.supply.matrix import Indices
from sop_pipeline.planning.supply.prices import Prices
from sop_pipeline.planning.supply.strategies import Rules

# Overflowing a store costs less than any forced overload: goods are not refused for want of a pallet.
FORCED_TO_OVERFLOW = 10.0


@dataclass(frozen=True)
class Tier:
    """Capacity used at a price per unit; RT. Regular capacity that costs nothing to use needs no column and is the row's bound."""

    name: str
    capacity: Floats
    cost: Floats


def regular_capacity(inputs: SupplyInputs) -> Floats:
    """Regular capacity that does not depend on the plan's heads: a resource's own, and the hours of temporary heads. RT."""
    crew = inputs.workforce
    capacity = inputs.resources.regular_capacity.copy()
    # The hours of a pool come from its heads; an endless capacity beside them would make them worthless.
    own = capacity[crew.resource]
    capacity[crew.resource] = np.where(np.isinf(own), 0.0, own) + crew.regular_hours_per_head * crew.temporary_heads
    return capacity


def always_busy(inputs: SupplyInputs) -> NDArray[np.int64]:
    """Resources whose heads may not idle: where that is asked, all with heads; but none that also stores, or stock would idle them."""
    if inputs.switches.idle_hours == "allowed":
        return np.zeros(0, dtype=np.int64)
    return np.setdiff1d(inputs.workforce.resource, inputs.stock_usages.resource)


def tiers(inputs: SupplyInputs) -> tuple[Tier, ...]:
    """Regular (where its use costs), overtime and extra shift of every resource."""
    resources = inputs.resources
    return (
        Tier("regular", np.where(resources.regular_cost > 0, regular_capacity(inputs), 0.0), resources.regular_cost),
        Tier("overtime", resources.overtime_capacity, resources.overtime_cost),
        Tier("extra_shift", resources.extra_shift_capacity, resources.extra_shift_cost),
    )


def resource_load(draft: Draft, supply: SupplyColumns, rates: RateColumns) -> Indices:
    """Σ a·x[t+offset] − what the tiers, heads and overload give ≤ free regular capacity: one row per resource and period."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    resources, usages = inputs.resources, inputs.usages
    shape = resources.regular_capacity.shape
    free = np.where(resources.regular_cost > 0, 0.0, regular_capacity(inputs))
    worked = np.zeros(shape, dtype=bool)
    worked[always_busy(inputs)] = True
    rows = matrix.rows("resource", shape, np.where(worked, free, -np.inf), free, scales.resource[:, None])
    for offset in np.unique(usages.offset[usages.offset < shape[1]]):
        now = usages.offset == offset
        per_unit = usages.usage_per_unit[now][:, None] * first_ratio(inputs, int(offset), shape[1])[: shape[1] - offset]
        # Load of what is completed in the first `offset` periods fell before the horizon.
        for part in supply.parts:
            matrix.put(rows[usages.resource[now], : shape[1] - offset], part[usages.source[now], offset:], per_unit)
    late = late_needs(inputs, usages.resource, usages.source, usages.offset, usages.usage_per_unit)
    matrix.put(rows[late.target, late.period], rates.columns[rates.place[late.source]], late.per_daily_unit)
    return rows


def use_tiers(draft: Draft, rows: Indices) -> None:
    """Regular hours that are paid when used, overtime and extra shifts: bounded columns, dearer step by step."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    for tier in tiers(inputs):
        some = np.flatnonzero((tier.capacity > 0).any(axis=1))
        if some.size:
            scale = scales.resource[some][:, None]
            columns = matrix.columns(tier.name, (some.size, rows.shape[1]), cost=tier.cost[some], upper=tier.capacity[some], scale=scale)
            matrix.put(rows[some], columns, -1.0)


def store(draft: Draft, ladder: LadderColumns, rows: Indices) -> None:
    """Stock takes storage and working capital; what does not fit overflows, at a price, because opening stock may be forced to."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    usages, segments = inputs.stock_usages, ladder.segments
    stock = segments.sign > 0
    family, period, columns = segments.family[stock], segments.period[stock], ladder.columns[stock]
    stores = np.unique(usages.resource)
    for resource in stores:
        per_unit = np.zeros(inputs.shape[0])
        mine = usages.resource == resource
        per_unit[usages.family[mine]] = usages.usage_per_unit[mine]
        matrix.put(rows[resource, period], columns, per_unit[family])
    cost = overflow_price(prices)[stores][:, None]
    overflow = matrix.columns("overflow", (stores.size, rows.shape[1]), cost=cost, scale=scales.resource[stores][:, None])
    matrix.put(rows[stores], overflow, -1.0)


def keep_material(draft: Draft, rows: Indices) -> None:
    """Storable material and supplier quotas: what a period leaves is there in the next; nothing where there is no limit to leave any of."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    storable = np.flatnonzero(inputs.resources.is_storable)
    most = np.where(np.isfinite(inputs.resources.regular_capacity[storable]), np.inf, 0.0)
    carry = matrix.columns("carry", (storable.size, rows.shape[1]), upper=most, scale=scales.resource[storable][:, None])
    matrix.put(rows[storable], carry, 1.0)
    matrix.put(rows[storable, 1:], carry[:, :-1], -1.0)


def forced_cells(inputs: SupplyInputs) -> NDArray[np.bool_]:
    """Per resource and period: some source must supply there, so that no plan may fit without overload. RT."""
    usages, sources, limits = inputs.usages, inputs.sources, inputs.limits
    must = (supply_bounds(inputs).lower > 0) | (limits.minimum_quantity[sources.kind, sources.family] > 0)
    forced = np.zeros(inputs.resources.regular_capacity.shape, dtype=bool)
    for offset in np.unique(usages.offset):
        now = usages.offset == offset
        needed = shifted(inputs, usages.source[now], int(offset), must.astype(np.float64))
        row, period = np.nonzero((needed > 0) & (usages.usage_per_unit[now] > 0)[:, None])
        forced[usages.resource[now][row], period] = True
    return forced


def overload_cells(inputs: SupplyInputs, rules: Rules) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Resources and periods that may be overloaded: where supply is forced, and everywhere that level or chase are to show their load."""
    resource, period = np.nonzero(forced_cells(inputs) | _shown(inputs, rules)[:, None])
    return resource, period


def overload_price(inputs: SupplyInputs, prices: Prices, rules: Rules) -> Floats:
    """Per resource what a unit of overload costs in the objective: the last resort, or less than leaving level or chase."""
    return np.where(_shown(inputs, rules), np.minimum(prices.overload_before_strategy, prices.overload), prices.overload)


def overflow_price(prices: Prices) -> Floats:
    """Per resource what a unit of stock beyond its storage or cash costs in the objective."""
    return prices.overload / FORCED_TO_OVERFLOW


def overload(draft: Draft, rows: Indices) -> None:
    """Load beyond every tier, as a column only where `overload_cells` says: elsewhere a plan without it always exists."""
    matrix, inputs, prices, rules, scales = draft.matrix, draft.inputs, draft.prices, draft.rules, draft.scales
    resource, period = overload_cells(inputs, rules)
    price = overload_price(inputs, prices, rules)
    columns = matrix.columns("overload", resource.shape, cost=price[resource], scale=scales.resource[resource])
    matrix.put(rows[resource, period], columns, -1.0)


def _shown(inputs: SupplyInputs, rules: Rules) -> NDArray[np.bool_]:
    shown = np.zeros(len(inputs.resources.resource_ids), dtype=bool)
    shown[inputs.usages.resource[rules.shows_load[inputs.sources.family[inputs.usages.source]]]] = True
    return shown
