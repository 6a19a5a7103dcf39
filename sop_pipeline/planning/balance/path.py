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


@dataclass(frozen=True)
class FamilyTask:
    """What one family plans from: the remainder of the current period (position 0) and the later periods of the horizon, planning units.

    `owed` is the shortage of make-to-stock, the open orders of make-to-order; `issued` what other families take. NaN = none.
    `weight` is the share of each kind of supply per period; `lower` and `upper` limit each kind and period, both alike fix it.
    `waypoint` is a closing net position (stock − owed) that somebody ordered. `rule` names level or chase for each period.
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
    )
    outgoing = task.demand + task.issued
    demand, issued = task.demand.tolist(), task.issued.tolist()
    stock, owed, late = task.stock, task.owed, 0.0
    for start, end in pairwise(_bounds(task)):
        goal = _closing_goal(task, path, (start, end), owed)
        plan = _stretch(task, outgoing, (start, end), goal - (stock - owed) + late)
        carry = [0.0] * len(KINDS)
        for period in range(start, end):
            wanted = issued[period] + late
            cells = plan[:, period - start].tolist()
            if sum(cells) < wanted - stock - GRAIN:
                cells = _stretch(task, outgoing, (period, period + 1), wanted - stock - float(outgoing[period]))[:, 0].tolist()
                rest = goal - (stock - owed) + late + float(outgoing[period]) - sum(cells)
                if period + 1 < end:
                    plan[:, period + 1 - start :] = _stretch(task, outgoing, (period + 1, end), rest)
                carry = [0.0] * len(KINDS)
            supplied = _round_up(task, cells, period, carry)
            there = round(stock + sum(supplied), DECIMALS)
            taken = min(wanted, there)
            late = round(wanted - taken, DECIMALS)
            shipped = min(demand[period] + owed, there - taken)
            stock = round(there - taken - shipped, DECIMALS)
            owed = round(owed + demand[period] - shipped, DECIMALS)
            path.supply[:, period] = supplied
            path.issued[period], path.shipped[period] = taken, shipped
            path.closing_stock[period], path.closing_owed[period], path.late_issues[period] = stock, owed, late
    return path


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
