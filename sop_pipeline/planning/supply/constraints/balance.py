"""The balance of every family and period: supply, closing position, lost sales, scrap, and what other families' production takes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.constraints.beyond import RateColumns
from sop_pipeline.planning.supply.constraints.sources import SupplyColumns
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.ladder import Segments
from sop_pipeline.planning.supply.lead_times import first_ratio, late_needs
from sop_pipeline.planning.supply.matrix import Indices
from sop_pipeline.planning.supply.prices import LOST_STEPS, lost_sale_steps


@dataclass(frozen=True)
class LadderColumns:
    """The closing position as columns, with the segment each stands for."""

    columns: Indices
    segments: Segments


@dataclass(frozen=True)
class LostColumns:
    """Lost sales of the families that may lose them: steps × those families × periods."""

    family: NDArray[np.int64]
    columns: Indices


def add_ladder(draft: Draft, segments: Segments) -> LadderColumns:
    """Allocate the ladder of stock and backlog: bounded columns, no rows."""
    matrix, scales = draft.matrix, draft.scales
    scale = scales.family[segments.family]
    columns = matrix.columns("ladder", segments.cost.shape, cost=segments.cost, upper=segments.width, scale=scale)
    matrix.offset_amount += segments.offset_amount
    return LadderColumns(columns, segments)


def balance(draft: Draft, supply: SupplyColumns, rates: RateColumns, ladder: LadderColumns) -> Indices:
    """Σ yield·x + N[t−1] − N[t] − Σ u·x of consumers = demand, one row per family and period; N = inventory − backlog."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    demand = inputs.families.demand_quantity.copy()
    demand[:, 0] -= inputs.opening_position_quantity
    rows = matrix.rows("balance", inputs.shape, demand, demand, scales.family[:, None])
    for part in supply.parts:
        matrix.put(rows[inputs.sources.family], part, inputs.sources.yield_ratio[:, None])
    segments = ladder.segments
    matrix.put(rows[segments.family, segments.period], ladder.columns, -segments.sign)
    carried = segments.period < inputs.shape[1] - 1
    matrix.put(rows[segments.family[carried], segments.period[carried] + 1], ladder.columns[carried], segments.sign[carried])
    _issue(draft, supply, rates, rows)
    return rows


def _issue(draft: Draft, supply: SupplyColumns, rates: RateColumns, rows: Indices) -> None:
    matrix, inputs = draft.matrix, draft.inputs
    issues, source = inputs.issue_pairs()
    _, periods = inputs.shape
    for offset in np.unique(issues.offset[issues.offset < periods]):
        now = issues.offset == offset
        per_unit = issues.quantity_per_unit[now][:, None] * first_ratio(inputs, int(offset), periods)[: periods - offset]
        # What consumers complete in the first `offset` periods has taken its components before the horizon.
        for part in supply.parts:
            matrix.put(rows[issues.component[now], : periods - offset], part[source[now], offset:], -per_unit)
    late = late_needs(inputs, issues.component, source, issues.offset, issues.quantity_per_unit)
    matrix.put(rows[late.target, late.period], rates.columns[rates.place[late.source]], -late.per_daily_unit)


def lose_sales(draft: Draft, rows: Indices) -> LostColumns:
    """Demand that may be refused, up to the period's demand, in convex steps so that families share what is lost."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    allowed = np.flatnonzero(inputs.families.is_lost_sale_allowed)
    cost = prices.lost_sale[allowed] * lost_sale_steps(inputs)[:, allowed, None]
    width = np.broadcast_to(inputs.families.demand_quantity[allowed] / LOST_STEPS, cost.shape)
    columns = matrix.columns("lost", cost.shape, cost=cost, upper=width, scale=scales.family[allowed][:, None])
    matrix.put(rows[allowed], columns, 1.0)
    return LostColumns(allowed, columns)


def issue_before_shipping(draft: Draft, ladder: LadderColumns, lost: LostColumns) -> None:
    """Components are there when they are taken: backlog grows by no more than the period's demand that was not refused.

    A consumer that is fixed may break it, at a price.
    """
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    components = np.unique(inputs.issues.component)
    families, segments = inputs.families, ladder.segments
    shape = (components.size, inputs.shape[1])
    upper = families.demand_quantity[components].copy()
    upper[:, 0] += np.maximum(-inputs.opening_position_quantity[components], 0.0)
    scale = scales.family[components][:, None]
    shipped = matrix.rows("shipped", shape, -np.inf, upper, scale)
    place = np.full(inputs.shape[0], -1)
    place[components] = np.arange(components.size)
    backlog = (segments.sign < 0) & (place[segments.family] >= 0)
    at, period, columns = place[segments.family[backlog]], segments.period[backlog], ladder.columns[backlog]
    matrix.put(shipped[at, period], columns, 1.0)
    carried = period < shape[1] - 1
    matrix.put(shipped[at[carried], period[carried] + 1], columns[carried], -1.0)
    refused = place[lost.family] >= 0
    matrix.put(shipped[place[lost.family[refused]]], lost.columns[:, refused], 1.0)
    uncovered = matrix.columns("uncovered_issue", shape, cost=prices.forced[components][:, None], scale=scale)
    matrix.put(shipped, uncovered, -1.0)


def lost_quantity(steps: Floats, inputs: SupplyInputs) -> Floats:
    """Lost sales per family and period from the columns of their steps."""
    lost = np.zeros(inputs.shape)
    lost[np.flatnonzero(inputs.families.is_lost_sale_allowed)] = steps.sum(axis=0)
    return lost
