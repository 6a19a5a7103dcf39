"""The model's answer as paths of families: rounded so that every identity holds on what is published. Tables and costs stay out."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.cover import ForwardWalk
from sop_pipeline.planning.balance.issues import extend_at_mean_rate, planning_order, shift_back
from sop_pipeline.planning.balance.path import DECIMALS, KINDS, FamilyPath, FamilyTask
from sop_pipeline.planning.balance.plan import StrategyPlan, say_path, usage_by_consumer
from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.supply import SupplyPlan

Floats = NDArray[np.float64]

SNAP = 1e-5  # of a solver unit, a ten-millionth of a usual period: what the solver's tolerance leaves of a limit it is at


def planned_paths(balance: Balance, base: StrategyPlan, tasks: list[FamilyTask], plan: SupplyPlan) -> StrategyPlan:
    """The plan of every family: quantities of 6 decimals whose stocks, backlogs and issues roll forward exactly.

    `base` is the arithmetic of the same strategy, whose targets, rules and notes about the start stay.
    """
    axes, start = balance.axes, balance.inputs
    families, horizon, ahead = len(axes.family_ids), axes.horizon, start.working_days.shape[1]
    issued_ahead, production_ahead, subcontract_ahead = (np.zeros((families, ahead)) for _ in range(3))
    by_kind = _supply_by_kind(plan)
    closing = _closing_position(plan)
    feeds = usage_by_consumer(balance.family_usage)
    order, unknown_consumers = planning_order(axes.family_ids, balance.family_usage)
    paths: dict[int, FamilyPath] = {}
    days_of_supply, backlog_days = np.zeros((families, horizon)), np.zeros((families, horizon))
    notes = [[list(note) for note in family] for family in base.notes]
    for family_id in order:
        family = axes.family_position[family_id]
        for consumer in sorted(unknown_consumers.get(family_id, ())):
            notes[family][0].append(f"what family {consumer} takes is left out: the two feed each other in a circle")
        issued = np.round(issued_ahead[family, :horizon], DECIMALS)
        left = np.round(np.stack([getattr(plan.quantities, name)[family] for name in ("lost_sales", "reserved", "scrap")]), DECIMALS)
        left[2] = np.where(left[2] > SNAP * plan.model.scales.family[family], left[2], 0.0)
        path = _path(tasks[family], by_kind[:, family], closing[family], issued, lost_reserved_and_spoiled=left)
        path = dataclasses.replace(path, target_backlog=base.paths[family].target_backlog)
        say_path(path, tasks[family], notes[family])
        days_left, days_ahead = start.days_left[family], start.working_days[family, horizon:]
        production_ahead[family] = extend_at_mean_rate(path.supply[0], days_left, days_ahead, axes.season)
        subcontract_ahead[family] = extend_at_mean_rate(path.supply[1], days_left, days_ahead, axes.season)
        for supplier_id, offset, per_unit in feeds.get(family_id, ()):
            taken = shift_back(production_ahead[family], offset, axes.remaining_ratio) * per_unit
            issued_ahead[axes.family_position[supplier_id]] += taken
        walk = ForwardWalk(start.demand_ahead[family] + issued_ahead[family], start.working_days[family], axes.season)
        shipped_ahead = extend_at_mean_rate(path.shipped, days_left, days_ahead, axes.season)
        lasting = ForwardWalk(shipped_ahead, np.concatenate([days_left, days_ahead]), axes.season)
        days_of_supply[family], backlog_days[family] = walk.days_covered(path.closing_stock), lasting.days_covered(path.closing_owed)
        paths[family] = path
    return dataclasses.replace(
        base,
        tasks=tasks,
        paths=[paths[family] for family in range(families)],
        days_of_supply=list(days_of_supply),
        backlog_days=list(backlog_days),
        rules=base.asked,
        notes=notes,
        production_ahead=production_ahead,
        subcontract_ahead=subcontract_ahead,
    )


def _supply_by_kind(plan: SupplyPlan) -> Floats:
    sources = plan.inputs.sources
    supply = np.zeros((len(KINDS), *plan.inputs.shape))
    np.add.at(supply, (sources.kind, sources.family), plan.quantities.supply)
    return supply


def _closing_position(plan: SupplyPlan) -> Floats:
    """Closing positions, on the target or limit they are at rather than the solver's tolerance beside it."""
    position = plan.quantities.position
    points = np.stack([np.where(np.isfinite(hinge.at), hinge.at, np.inf) for hinge in plan.model.hinges] + [np.zeros_like(position)])
    nearest = np.take_along_axis(points, np.abs(points - position).argmin(axis=0)[None], axis=0)[0]
    tolerance = SNAP * plan.model.scales.family[:, None]
    closing: Floats = np.where(np.abs(nearest - position) <= tolerance, nearest, position)
    return closing.round(DECIMALS)


def _path(task: FamilyTask, supply: Floats, closing: Floats, issued: Floats, *, lost_reserved_and_spoiled: Floats) -> FamilyPath:
    """One family: supply that leads from close to close, kinds that are fixed as they are fixed, and what follows from it."""
    lost, reserved, spoiled = lost_reserved_and_spoiled
    opening = np.concatenate([[task.stock - task.owed], closing[:-1]])
    kinds = _round_kinds(task, supply, closing - opening + task.demand + issued + spoiled - lost)
    periods = len(closing)
    path = FamilyPath(
        supply=kinds,
        issued=np.zeros(periods),
        shipped=np.zeros(periods),
        closing_stock=np.zeros(periods),
        closing_owed=np.zeros(periods),
        target_backlog=np.full(periods, np.nan),
        late_issues=np.zeros(periods),
        lost=lost,
        spoiled=np.zeros(periods),
    )
    stock, owed, late = task.stock, task.owed, 0.0
    for period in range(periods):
        wanted = issued[period] + late
        there = round(stock + kinds[:, period].sum(), DECIMALS)
        taken = min(wanted, there)
        late = round(wanted - taken, DECIMALS)
        due = task.demand[period] + owed - lost[period]
        shipped = max(min(due, there - taken - reserved[period]), 0.0)
        scrapped = min(spoiled[period], there - taken - shipped)
        stock, owed = round(there - taken - shipped - scrapped, DECIMALS), round(due - shipped, DECIMALS)
        path.spoiled[period] = scrapped
        path.issued[period], path.shipped[period] = taken, shipped
        path.closing_stock[period], path.closing_owed[period], path.late_issues[period] = stock, owed, late
    return path


def _round_kinds(task: FamilyTask, supply: Floats, total: Floats) -> Floats:
    """Kinds of supply rounded to what the total of a period needs: fixed ones stay, the largest free one takes the difference."""
    fixed = task.lower == task.upper
    kinds = np.where(fixed, task.lower, np.maximum(np.round(supply, DECIMALS), 0.0))
    free = np.where(fixed, -1.0, kinds)
    largest = free.argmax(axis=0)
    every = np.arange(kinds.shape[1])
    rest = np.round(total - (kinds.sum(axis=0) - kinds[largest, every]), DECIMALS)
    movable = free[largest, every] > 0
    kinds[largest, every] = np.where(movable, np.maximum(rest, 0.0), kinds[largest, every])
    return kinds.round(DECIMALS)
