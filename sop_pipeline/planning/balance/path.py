"""One family through the horizon: supply by level or chase, what it then ships, stocks and owes. Tables and resources stay out."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.rates import spread_evenly

Floats = NDArray[np.float64]

KINDS = ("production", "subcontract", "purchase")
DECIMALS = 6
GRAIN = 1e-6
DUST = 1e-5  # what rounding up from period to period may leave over
TRIES = 40  # each meets one more period in which something spoils


@dataclass(frozen=True)
class FamilyTask:
    """What one family plans from: the remainder of the current period (position 0) and the later periods of the horizon, planning units.

    `owed` is the shortage of make-to-stock, the open orders of make-to-order; `issued` what other families take. NaN = none.
    `weight` is the share of each kind of supply per period; `lower` and `upper` limit each kind and period, both alike fix it.
    `waypoint` is a closing net position (stock − owed) that somebody ordered. `rule` names level or chase for each period. Stock is good
    for `shelf_life_periods` ends, 0 where nothing spoils; `fresh_stock` is what of `stock` is still good at each end.
    """

    working_days: Floats
    demand: Floats
    issued: Floats
    stock: float
    owed: float
    is_to_order: bool
    target_stock: Floats
    minimum_stock: Floats
    maximum_stock: Floats
    backlog_days: Floats
    waypoint: Floats
    weight: Floats
    lower: Floats
    upper: Floats
    rule: tuple[str, ...]
    level_block_periods: int
    shelf_life_periods: int
    fresh_stock: Floats


@dataclass(frozen=True)
class FamilyPath:
    """The plan of one family: supply by kind (kinds × periods) and the flows and stocks that follow, planning units, rounded."""

    supply: Floats
    issued: Floats
    shipped: Floats
    closing_stock: Floats
    closing_owed: Floats
    target_backlog: Floats
    late_issues: Floats
    lost: Floats
    spoiled: Floats


def plan_path(task: FamilyTask) -> FamilyPath:
    """Plan one family by the formulas of level and chase.

    Supply of a stretch of periods = what goes out + closing goal − opening net position, never below 0, at one rate per working day: a
    chase period is a stretch of its own, a level block ends at its length, at an ordered closing, at a change of rule, and at the end
    of the horizon. Supply never falls short of what other families take beyond the stock; the rest of the stretch then takes a new
    rate. Shipments = min(demand + owed, stock + supply − issued). Quantities are rounded to 6 decimals on the way, up where free, so
    that every identity holds on what is published and no dust becomes a shortage.
    """
    periods = len(task.working_days)
    path = FamilyPath(
        supply=np.zeros((len(KINDS), periods)),
        issued=np.zeros(periods),
        shipped=np.zeros(periods),
        closing_stock=np.zeros(periods),
        closing_owed=np.zeros(periods),
        target_backlog=np.full(periods, np.nan),
        late_issues=np.zeros(periods),
        lost=np.zeros(periods),
        spoiled=np.zeros(periods),
    )
    position = Position(task.stock, task.owed, 0.0)
    for stretch in pairwise(_bounds(task)):
        goal = _closing_goal(task, path, stretch, position.owed)
        before, position = position, _follow(task, path, stretch, position, goal)
        if path.spoiled[slice(*stretch)].any():
            position = _make_up_for_spoiled(task, path, stretch, before, goal)
    return path


@dataclass(frozen=True)
class Position:
    """What is there, owed to customers, and owed to other families at the end of a period, planning units."""

    stock: float
    owed: float
    late: float


def _follow(
    task: FamilyTask, path: FamilyPath, stretch: tuple[int, int], position: Position, goal: float, *, to_spoil: float = 0.0
) -> Position:
    """Plan one stretch into `path`; `to_spoil` is made on top. Result: the position at its end."""
    start, end = stretch
    outgoing = task.demand + task.issued
    stock, owed, late = position.stock, position.owed, position.late
    plan = _stretch(task, outgoing, stretch, goal - (stock - owed) + late + to_spoil)
    carry = [0.0] * len(KINDS)
    for period in range(start, end):
        demand, wanted = float(task.demand[period]), float(task.issued[period]) + late
        cells = plan[:, period - start].tolist()
        if sum(cells) < wanted - stock - GRAIN:
            cells = _stretch(task, outgoing, (period, period + 1), wanted - stock - float(outgoing[period]))[:, 0].tolist()
            yet_to_spoil = max(0.0, to_spoil - float(path.spoiled[start:period].sum()))
            rest = goal - (stock - owed) + late + yet_to_spoil + float(outgoing[period]) - sum(cells)
            if period + 1 < end:
                plan[:, period + 1 - start :] = _stretch(task, outgoing, (period + 1, end), rest)
            carry = [0.0] * len(KINDS)
        supplied = _round_up(task, cells, period, carry)
        path.supply[:, period] = supplied
        there = round(stock + sum(supplied), DECIMALS)
        taken = min(wanted, there)
        late = round(wanted - taken, DECIMALS)
        shipped = min(demand + owed, there - taken)
        stock = round(there - taken - shipped, DECIMALS)
        if task.shelf_life_periods:
            young = path.supply[:, max(period + 1 - task.shelf_life_periods, 0) : period + 1].sum()
            # First in, first out: what is more than came in lately, and still keeps of the opening stock, is past its life.
            old = round(stock - float(young) - float(task.fresh_stock[period]), DECIMALS)
            path.spoiled[period] = old if old > DUST else 0.0
            stock = round(stock - float(path.spoiled[period]), DECIMALS)
        owed = round(owed + demand - shipped, DECIMALS)
        path.issued[period], path.shipped[period] = taken, shipped
        path.closing_stock[period], path.closing_owed[period], path.late_issues[period] = stock, owed, late
    return Position(stock, owed, late)


def _make_up_for_spoiled(task: FamilyTask, path: FamilyPath, stretch: tuple[int, int], before: Position, goal: float) -> Position:
    """Plan a stretch again with what spoils in it made on top, until it ends at its goal.

    What spoils is convex in what is made on top: the line through two tries that fall short meets the goal no later than it is met.
    """
    made, missing = 0.0, float(path.spoiled[slice(*stretch)].sum())
    step = missing
    for _ in range(TRIES):
        position = _follow(task, path, stretch, before, goal, to_spoil=made + step)
        left = float(path.spoiled[slice(*stretch)].sum()) - (made + step)
        made += step
        if left <= DUST or left >= missing:
            break
        step, missing = left * step / (missing - left), left
    return position


def _bounds(task: FamilyTask) -> list[int]:
    """Where the stretches begin, and the end of the last one."""
    periods = len(task.rule)
    bounds = [0]
    for period in range(1, periods):
        changes = task.rule[period] != task.rule[period - 1]
        block_ends = task.rule[period] == "chase" or period % task.level_block_periods == 0
        if changes or block_ends or not math.isnan(task.waypoint[period - 1]):
            bounds.append(period)
    return [*bounds, periods]


def _closing_goal(task: FamilyTask, path: FamilyPath, stretch: tuple[int, int], owed: float) -> float:
    """Net position a stretch ends at; fills the target backlog of its periods.

    The backlog of d days ends at d × the stretch's own planned shipments a day: shipments = bookings + backlog − d × shipments ÷ days,
    so a day's shipments = (bookings + backlog) ÷ (days + d).
    """
    start, end = stretch
    last = end - 1
    waypoint = float(task.waypoint[last])
    backlog_days = float(task.backlog_days[last])
    goal = _stock_goal(task, last)
    if task.is_to_order:
        days = float(task.working_days[start:end].sum())
        to_ship = float(task.demand[start:end].sum()) + owed
        if not math.isnan(waypoint):
            rate = max(0.0, to_ship + min(0.0, waypoint)) / days if days > 0 else 0.0
        else:
            rate = to_ship / (days + backlog_days) if days + backlog_days > 0 else 0.0
        path.target_backlog[start:end] = task.backlog_days[start:end] * rate
        if not math.isnan(backlog_days):
            goal = -backlog_days * rate
    return goal if math.isnan(waypoint) else waypoint


def _stock_goal(task: FamilyTask, last: int) -> float:
    target = float(task.target_stock[last])
    if not math.isnan(target):
        return target
    if task.is_to_order:
        return task.stock - task.owed
    # Without a target the stock of today is kept, inside what the policy allows.
    return float(np.fmin(np.fmax(task.stock, task.minimum_stock[last]), task.maximum_stock[last]))


def _stretch(task: FamilyTask, outgoing: Floats, stretch: tuple[int, int], rise: float) -> Floats:
    """Supply by kind of a stretch whose net position rises by so much."""
    cells = slice(*stretch)
    weight = task.weight[:, cells] * task.working_days[cells]
    return spread_evenly(rise + float(outgoing[cells].sum()), weight, task.lower[:, cells], task.upper[:, cells])


def _round_up(task: FamilyTask, supply: list[float], period: int, carry: list[float]) -> list[float]:
    """Round each kind, up where it is free to move, and hand what was rounded on to the next period of the stretch."""
    rounded = []
    for kind, quantity in enumerate(supply):
        if task.lower[kind, period] == task.upper[kind, period]:
            rounded.append(round(quantity, DECIMALS))
            continue
        owing = quantity - carry[kind]
        # A thousandth of a grain is float noise, not a quantity.
        value = max(0.0, math.ceil(owing / GRAIN - 1e-3) * GRAIN)
        rounded.append(round(value, DECIMALS))
        carry[kind] = value - owing
    return rounded
