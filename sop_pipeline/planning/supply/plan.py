"""A supply plan in the planner's units, read from an optimal answer. What it costs is in `costs`, whether it is right in `recompute`."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.constraints.balance import lost_quantity
from sop_pipeline.planning.supply.constraints.perishables import scrap_quantity
from sop_pipeline.planning.supply.constraints.resources import always_busy, overload_cells, regular_capacity, tiers
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.lead_times import shifted
from sop_pipeline.planning.supply.model import Model

NOISE = 1e-9  # of a solver unit: what the solver leaves instead of zero
TOLERANCE_OF_STOCK = 1e-5  # of a solver unit: rolled and solved stock differ by the solver's tolerance in every period


@dataclass(frozen=True)
class Quantities:
    """What is done when. Axes: F families, J sources, R resources, L pools, T periods; planning units, and capacity in its own unit."""

    supply: Floats  # JT
    position: Floats  # FT: inventory less backlog at the end
    reserved: Floats  # FT: stock kept for other families' production while customers wait
    lost_sales: Floats  # FT
    scrap: Floats  # FT
    issued: Floats  # FT: taken by other families' production
    required: Floats  # RT: load of supply and of stock
    regular_paid: Floats  # RT: regular capacity that costs when used
    overtime: Floats  # RT: of a resource's own capacity
    extra_shift: Floats  # RT
    carried: Floats  # RT: storable capacity left for the next period, all of it
    heads: Floats  # LT
    hires: Floats  # LT
    layoffs: Floats  # LT
    pool_overtime: Floats  # LT, hours
    available: Floats  # RT: regular capacity, with the hours of heads and what earlier periods left
    forced_overload: Floats  # RT: what the solver had to put beyond every tier
    overflow: Floats  # RT: stock beyond storage or cash
    forbidden_idle: Floats  # RT, hours that stayed idle although none may
    uncovered_issue: Floats  # FT: taken by production that is fixed, without being there

    @property
    def inventory(self) -> Floats:
        """FT: stock at the end, never below zero."""
        return np.maximum(self.position, 0.0) + self.reserved

    @property
    def backlog(self) -> Floats:
        """FT: backlog, or shortage of make-to-stock, at the end."""
        return np.maximum(-self.position, 0.0) + self.reserved

    @property
    def overload(self) -> Floats:
        """RT: required beyond everything there is; storage and cash overflow included."""
        left = self.required - self.available - self.overtime - self.extra_shift
        return np.where(left > NOISE * np.maximum(self.required, 1.0), left, 0.0)


def read_quantities(model: Model, values: Floats) -> Quantities:
    """The quantities of an answer. Supply, heads, overtime, lost sales and scrap are the decisions; everything else follows from them."""
    inputs, programme = model.inputs, model.programme
    size = model.scales.family
    supply = programme.columns(values, "supply").copy()
    added = programme.columns(values, "supply_added")
    supply = _tidy(supply + added if added.size else supply, size[inputs.sources.family])
    lost = _tidy(lost_quantity(programme.columns(values, "lost"), inputs), size)
    scrap = _tidy(scrap_quantity(programme.columns(values, "scrap"), inputs), size)
    issued = issued_quantity(inputs, supply)
    position = closing_position(inputs, supply, lost, scrap, issued)
    reserved = reserved_quantity(model, values, position)
    shape = inputs.resources.regular_capacity.shape
    used = {tier.name: _rows_of(tier.capacity, programme.columns(values, tier.name), model.scales.resource) for tier in tiers(inputs)}
    heads, hires, layoffs = (np.maximum(_or_none(programme.columns(values, name), inputs), 0.0) for name in ("heads", "hires", "layoffs"))
    pools = inputs.workforce
    overtime = _rows_of(pools.overtime_hours_per_head, programme.columns(values, "pool_overtime"), model.scales.resource[pools.resource])
    stores = np.unique(inputs.stock_usages.resource)
    overload = np.zeros(shape)
    overload[overload_cells(inputs, model.rules)] = programme.columns(values, "overload")
    required = required_capacity(inputs, supply, np.maximum(position, 0.0) + reserved)
    hours = _spread(pools.resource, heads * pools.regular_hours_per_head + overtime, shape)
    paid = np.where(inputs.resources.regular_cost > 0, used["regular"], regular_capacity(inputs))
    overflow = _spread(stores, programme.columns(values, "overflow"), shape)
    carried = carried_capacity(inputs, required, paid + hours + used["overtime"] + used["extra_shift"] + overload + overflow)
    return Quantities(
        supply=supply,
        position=position,
        reserved=reserved,
        lost_sales=lost,
        scrap=scrap,
        issued=issued,
        required=required,
        regular_paid=used["regular"],
        overtime=used["overtime"] + _spread(pools.resource, overtime, shape),
        extra_shift=used["extra_shift"],
        carried=carried,
        heads=heads,
        hires=hires,
        layoffs=layoffs,
        pool_overtime=overtime,
        available=available_capacity(inputs, heads, carried),
        forced_overload=overload,
        overflow=overflow,
        forbidden_idle=_spread(always_busy(inputs), programme.columns(values, "idle"), shape),
        uncovered_issue=_spread(np.unique(inputs.issues.component), programme.columns(values, "uncovered_issue"), inputs.shape),
    )


def missing_quantity(inputs: SupplyInputs, plan: Quantities) -> Floats:
    """Per family and period what customers miss: shortage, backlog beyond what is promised or agreed, and lost sales; planning units."""
    families = inputs.families
    agreed = np.fmax(families.promised_backlog_quantity, np.nan_to_num(families.target_backlog_quantity))
    missing: Floats = np.maximum(plan.backlog - agreed * families.is_make_to_order[:, None], 0.0) + plan.lost_sales
    return missing


def issued_quantity(inputs: SupplyInputs, supply: Floats) -> Floats:
    """Per family and period what other families' production takes of it, with its offset; planning units."""
    issues, source = inputs.issue_pairs()
    issued = np.zeros(inputs.shape)
    for offset in np.unique(issues.offset):
        now = issues.offset == offset
        taken = issues.quantity_per_unit[now][:, None] * shifted(inputs, source[now], int(offset), supply)
        np.add.at(issued, issues.component[now], taken)
    return issued


def closing_position(inputs: SupplyInputs, supply: Floats, lost: Floats, scrap: Floats, issued: Floats) -> Floats:
    """Roll inventory less backlog forward: opening + good supply − demand + lost sales − scrap − issued; FT, planning units."""
    flow = lost - scrap - issued - inputs.families.demand_quantity
    np.add.at(flow, inputs.sources.family, supply * inputs.sources.yield_ratio[:, None])
    return inputs.opening_position_quantity[:, None] + np.cumsum(flow, axis=1)


def reserved_quantity(model: Model, values: Floats, position: Floats) -> Floats:
    """Stock that component families hold back from customers so that other families' production finds it; FT, planning units."""
    segments, issues = model.segments, model.inputs.issues
    is_component = np.zeros(position.shape[0], dtype=bool)
    is_component[issues.component] = True
    stock = np.zeros(position.shape)
    np.add.at(stock, (segments.family, segments.period), np.maximum(segments.sign, 0.0) * model.programme.columns(values, "ladder"))
    kept = np.where(is_component[:, None], stock - np.maximum(position, 0.0), 0.0)
    return np.where(kept > TOLERANCE_OF_STOCK * model.scales.family[:, None], kept, 0.0)


def required_capacity(inputs: SupplyInputs, supply: Floats, inventory: Floats) -> Floats:
    """Load of every resource and period: supply × bill of resources, `offset` periods earlier, plus what stock takes; RT."""
    usages, stock = inputs.usages, inputs.stock_usages
    required = np.zeros(inputs.resources.regular_capacity.shape)
    for offset in np.unique(usages.offset):
        now = usages.offset == offset
        load = usages.usage_per_unit[now][:, None] * shifted(inputs, usages.source[now], int(offset), supply)
        np.add.at(required, usages.resource[now], load)
    np.add.at(required, stock.resource, stock.usage_per_unit[:, None] * inventory[stock.family])
    return required


def available_capacity(inputs: SupplyInputs, heads: Floats, carried: Floats) -> Floats:
    """Regular capacity: a resource's own, the hours of its heads, and what is carried in; RT."""
    crew = inputs.workforce
    available = regular_capacity(inputs)
    available[crew.resource] += heads * crew.regular_hours_per_head
    available[:, 1:] += carried[:, :-1]
    return available


def carried_capacity(inputs: SupplyInputs, required: Floats, coming: Floats) -> Floats:
    """What storable resources have left for the next period: all that came in so far and was not taken; RT.

    `coming`: regular capacity, as used where its use costs, and what the plan calls for beyond it. Of a period without limit nothing is
    left, because nobody knows what that would be.
    """
    carried = np.zeros_like(required)
    for period in range(required.shape[1]):
        before = carried[:, period - 1] if period else 0.0
        left = before + coming[:, period] - required[:, period]
        carried[:, period] = np.where(inputs.resources.is_storable & np.isfinite(left), np.maximum(left, 0.0), 0.0)
    return carried


def _tidy(values: Floats, scale: Floats) -> Floats:
    return np.where(values > NOISE * scale[:, None], values, 0.0)


def _rows_of(possible: Floats, columns: Floats, scale: Floats) -> Floats:
    """Columns that exist only for rows where something is possible, on all rows."""
    full = np.zeros(possible.shape)
    if columns.size:
        full[(possible > 0).any(axis=1)] = columns
    return _tidy(full, scale)


def _spread(rows: np.ndarray, values: Floats, shape: tuple[int, ...]) -> Floats:
    full = np.zeros(shape)
    if rows.size:
        full[rows] = values
    return full


def _or_none(values: Floats, inputs: SupplyInputs) -> Floats:
    return values if values.size else np.zeros((0, inputs.shape[1]))
