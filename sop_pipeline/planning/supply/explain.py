"""Why a plan is as it is: what a unit's price is made of, what a shortage hangs on, what relief would change. No plan is made."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.model import Model
from sop_pipeline.planning.supply.plan import missing_quantity, read_quantities
from sop_pipeline.planning.supply.planner import SupplyPlan, plan_supply
from sop_pipeline.planning.supply.prices import capacity_prices
from sop_pipeline.planning.supply.solve import Session, fix_whole_numbers

RELIEF_RATIO = 0.1
SMALL = 1e-6  # of a solver unit
PEGGED = 20  # shortages that are solved again, the dearest first


@dataclass(frozen=True)
class Shortage:
    """Demand of a family that waits or is lost at the end of a period, and the window of periods whose supply could have met it."""

    family: int
    period: int
    quantity: float
    first_period: int


def price_parts(plan: SupplyPlan) -> dict[str, Floats]:
    """What one unit of each source and period costs at the margin (JT, money per unit), by the constraint that charges it.

    `unit_cost` is the source's cost with its tie-break and anchor; `resource` the rents of capacity; `balance` what its components are
    worth to their families less what the unit is worth to its own; other constraints by their name. Where a source supplies and no limit
    of its own binds, the parts sum to 0.
    """
    programme = plan.model.programme
    block = programme.column_blocks["supply"]
    first, last = programme.start[block.start], programme.start[block.start + block.size]
    entries = slice(first, last)
    column = np.repeat(np.arange(block.size), np.diff(programme.start[block.start : block.start + block.size + 1]))
    row, unit = programme.index[entries], programme.column_scale[block.where]
    charge = -programme.value[entries] * programme.row_scale[row] * plan.solution.row_duals[row] / unit[column]
    parts: dict[str, Floats] = {"unit_cost": (programme.cost[block.where] * programme.money / unit).reshape(block.shape)}
    for name, rows in programme.row_blocks.items():
        inside = (row >= rows.start) & (row < rows.start + rows.size)
        charged = np.zeros(block.size)
        np.add.at(charged, column[inside], charge[inside])
        parts[name] = charged.reshape(block.shape)
    return parts


def shortages(plan: SupplyPlan) -> list[Shortage]:
    """Every family and period with backlog beyond what is promised, shortage or lost sales, in order of family and period."""
    missing = missing_quantity(plan.inputs, plan.quantities)
    found = np.argwhere(missing > SMALL * plan.model.scales.family[:, None])
    return [Shortage(int(f), int(t), float(missing[f, t]), window_start(plan, int(f), int(t))) for f, t in found]


def window_start(plan: SupplyPlan, family: int, period: int) -> int:
    """The first period whose supply could still reach this one: back as long as stock or backlog is carried over between limits.

    A store or working capital that is scarce at the end of a period is no such limit: more of it would let the stock through.
    """
    edges = [hinge.at[family] for hinge in plan.model.hinges] + [np.zeros(plan.inputs.shape[1])]
    position = plan.quantities.position[family]
    rent = _store_rents(plan, family).sum(axis=0)
    start = period
    while start > 0:
        distance = min(abs(position[start - 1] - edge[start - 1]) for edge in edges if np.isfinite(edge[start - 1]))
        # Stock that would be built ahead, were there room or money for it, is carried over in the same sense.
        if distance <= SMALL * plan.model.scales.family[family] and rent[start - 1] <= 0:
            break
        start -= 1
    return start


def peg_shortages(plan: SupplyPlan, limit: int = PEGGED) -> pl.DataFrame:
    """One row per shortage and resource it hangs on: share of the scarcity, window, and what a tenth more of the resource would change.

    Columns: family_id, period_index, shortage_quantity, first_period_index, resource_id (null where no resource is scarce), share_ratio,
    relief_quantity (shortage it would end, this family, this period; planning units), relief_amount (what the objective would fall by,
    money and soft prices of all families). Shares are rents of the resources in the window by the duals, going wages taken out; relief is
    solved again, because duals are degenerate: for the `limit` dearest shortages, null beyond.
    """
    inputs = plan.inputs
    found = shortages(plan)
    backlog = plan.model.prices.backlog
    dearest = sorted(found, key=lambda short: (-short.quantity * backlog[short.family, short.period], short.family, short.period))[:limit]
    solved = {(short.family, short.period) for short in dearest}
    relief = Relief(plan) if found else None
    rows = []
    for short in found:
        for resource, share in _scarce(plan, short):
            effect: tuple[float | None, float | None] = (None, None)
            if relief is not None and resource is not None and (short.family, short.period) in solved:
                effect = relief.effect(resource, short)
            name = None if resource is None else inputs.resources.resource_ids[resource]
            rows.append((inputs.families.family_ids[short.family], short.period, short.quantity, short.first_period, name, share, *effect))
    schema = {
        "family_id": pl.String,
        "period_index": pl.Int64,
        "shortage_quantity": pl.Float64,
        "first_period_index": pl.Int64,
        "resource_id": pl.String,
        "share_ratio": pl.Float64,
        "relief_quantity": pl.Float64,
        "relief_amount": pl.Float64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _scarce(plan: SupplyPlan, short: Shortage) -> Iterator[tuple[int | None, float | None]]:
    """Resources whose scarcity the family pays in the window, with their shares; nothing scarce is one empty row.

    It pays for hours and material when it supplies, and for room and money at the end of every period it would carry stock through.
    """
    inputs = plan.inputs
    usages = inputs.usages
    scarcity = _scarcity(plan)
    rents = _store_rents(plan, short.family)[:, short.first_period : short.period].sum(axis=1)
    for row in np.flatnonzero(inputs.sources.family[usages.source] == short.family):
        offset = int(usages.offset[row])
        when = slice(max(short.first_period - offset, 0), max(short.period - offset + 1, 0))
        rents[usages.resource[row]] += usages.usage_per_unit[row] * scarcity[usages.resource[row], when].sum()
    total = rents.sum()
    if total <= 0:
        yield None, None
        return
    for resource in np.argsort(-rents, kind="stable"):
        if rents[resource] > SMALL * total:
            yield int(resource), float(rents[resource] / total)


def _scarcity(plan: SupplyPlan) -> Floats:
    """What one more unit of a resource would save beyond its going price, money; RT."""
    going, _ = capacity_prices(plan.inputs)
    return np.maximum(plan.resource_value - going[:, None], 0.0)


def _store_rents(plan: SupplyPlan, family: int) -> Floats:
    """What a unit of the family in stock at the end of a period pays for scarce room and money; RT, money per planning unit.

    Less than a millionth of the unit's value is the solver's noise.
    """
    stock = plan.inputs.stock_usages
    mine = np.flatnonzero(stock.family == family)
    rents = np.zeros_like(plan.resource_value)
    rents[stock.resource[mine]] = stock.usage_per_unit[mine][:, None] * _scarcity(plan)[stock.resource[mine]]
    return np.where(rents > SMALL * plan.model.prices.value[family], rents, 0.0)


class Relief:
    """Solves a plan again with more of a resource, warm, and puts it back; one solver session for all questions."""

    def __init__(self, plan: SupplyPlan, ratio: float = RELIEF_RATIO) -> None:
        programme = plan.model.programme
        if programme.is_mixed_integer:
            programme = fix_whole_numbers(programme, plan.solution.values / programme.column_scale)
        self._plan, self._ratio = plan, ratio
        self._model: Model = dataclasses.replace(plan.model, programme=programme)
        self._session = Session(programme, start=plan.solution.basis)
        self._objective = self._session.run().objective_amount

    def effect(self, resource: int, short: Shortage) -> tuple[float, float]:
        """Shortage ended (planning units) and money saved by a tenth more of the resource in the window, its lead times included."""
        programme, plan = self._model.programme, self._plan
        usages = plan.inputs.usages
        offset = int(usages.offset[usages.resource == resource].max(initial=0))
        block = programme.row_blocks["resource"]
        done, start = plan.quantities, max(short.first_period - offset, 0)
        brought = np.concatenate([[0.0], done.carried[resource, :-1]])
        # What could have been kept of a storable resource would have helped as well.
        while start > 0 and brought[start] > SMALL * plan.model.scales.resource[resource]:
            start -= 1
        more_of = (done.available + done.overtime)[resource] - brought
        rows = {}
        for period in range(start, short.period + 1):
            row = block.start + resource * block.shape[1] + period
            rows[row] = self._ratio * more_of[period] / programme.row_scale[row]
        for row, more in rows.items():
            self._session.change_row_bounds(row, float(programme.row_lower[row]), float(programme.row_upper[row] + more))
        solution = self._session.run()
        relieved = read_quantities(self._model, solution.values)
        for row in rows:
            self._session.change_row_bounds(row, float(programme.row_lower[row]), float(programme.row_upper[row]))
        ended = short.quantity - relieved.backlog[short.family, short.period] - relieved.lost_sales[short.family, short.period]
        return float(max(ended, 0.0)), float(self._objective - solution.objective_amount)


def anchor_regret(inputs: SupplyInputs, plan: SupplyPlan) -> float:
    """Money that staying near the approved plan costs: this plan's total less that of the plan without the anchor."""
    free = dataclasses.replace(inputs.sources, approved_quantity=np.full_like(inputs.sources.approved_quantity, np.nan))
    return plan.costs.total() - plan_supply(inputs.swap(sources=free), plan.strategy).costs.total()
