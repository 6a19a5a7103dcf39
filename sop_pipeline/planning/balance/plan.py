"""One strategy with every family on it, in the order in which families feed each other. Writing its tables stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.cover import ForwardWalk
from sop_pipeline.planning.balance.inputs import BalanceInputs
from sop_pipeline.planning.balance.issues import extend_at_mean_rate, planning_order, shift_back
from sop_pipeline.planning.balance.orders import SupplyOrder, keep_orders, production_limits
from sop_pipeline.planning.balance.path import KINDS, FamilyPath, FamilyTask, plan_path
from sop_pipeline.planning.balance.shelf_life import ShelfLife, most_that_sells
from sop_pipeline.planning.balance.targets import StockLevels, StockPolicy, safety_stock, stock_levels
from sop_pipeline.planning.consensus import ON_SUBMISSION, WITHOUT_ANYTHING

Floats = NDArray[np.float64]

ARITHMETIC = ("level", "chase")
POLICY_COLUMNS = tuple(StockPolicy.__dataclass_fields__)


@dataclass(frozen=True)
class Policies:
    """What management asks for; arrays families × periods of the horizon, NaN where nothing is said."""

    stock: dict[str, Floats]  # columns of StockPolicy
    error_deviation_quantity: Floats  # per family, lag 1, NaN unknown
    lead_time_periods: Floats  # per family
    lead_time_deviation_periods: Floats  # per family
    strategy: NDArray[np.str_]
    minimum_production: Floats
    maximum_production: Floats
    is_subcontract_allowed: NDArray[np.bool_]
    maximum_purchase: Floats  # what suppliers can deliver, infinite where they have no limit
    maximum_backlog: Floats
    are_lost_sales_allowed: NDArray[np.bool_]
    orders: dict[str, list[SupplyOrder]]
    kind_share: Floats  # families × kinds, as core.family_sources gives them
    level_block_periods: int
    shelf_life: ShelfLife
    minimum_run: Floats  # per family, planning units: what is made in a period at all is made in such a run at least; 0 = any quantity


@dataclass(frozen=True)
class StrategyPlan:
    """One strategy with every family on it; lists in the order of the families."""

    tasks: list[FamilyTask]
    paths: list[FamilyPath]
    levels: list[StockLevels]
    days_of_supply: list[Floats]
    backlog_days: list[Floats]
    rules: list[tuple[str, ...]]
    asked: list[tuple[str, ...]]
    notes: list[list[list[str]]]
    production_ahead: Floats  # families × planned periods and a season more
    subcontract_ahead: Floats


def plan_strategy(inputs: BalanceInputs, policies: Policies, family_usage: pl.DataFrame, strategy: str) -> StrategyPlan:
    """Plan every family by `strategy`: planned is what each family's policy asks for.

    Hybrid and least cost, which take an optimiser, are planned level.
    """
    axes = inputs.axes
    families, horizon, ahead = len(axes.family_ids), axes.horizon, inputs.working_days.shape[1]
    issued_ahead = np.zeros((families, ahead))
    production_ahead, subcontract_ahead = np.zeros((families, ahead)), np.zeros((families, ahead))
    results: dict[int, tuple[FamilyTask, FamilyPath, StockLevels, Floats, Floats, tuple[str, ...], tuple[str, ...], list[list[str]]]] = {}
    feeds = usage_by_consumer(family_usage)
    order, unknown_consumers = planning_order(axes.family_ids, family_usage)
    for family_id in order:
        family = axes.family_position[family_id]
        notes = _notes(inputs, policies, family)
        for consumer in sorted(unknown_consumers.get(family_id, ())):
            notes[0].append(f"what family {consumer} takes is left out: the two feed each other in a circle")
        issued = np.round(issued_ahead[family, :horizon], 6)
        walk = ForwardWalk(inputs.demand_ahead[family] + issued_ahead[family], inputs.working_days[family], axes.season)
        asked = tuple(policies.strategy[family].tolist()) if strategy == "planned" else (strategy,) * horizon
        rule = tuple(wanted if wanted in ARITHMETIC else "level" for wanted in asked)
        sells = most_that_sells(walk, inputs.working_days[family], int(policies.shelf_life.periods[family]), horizon)
        levels = _levels(inputs, policies, family, walk, sells=sells, notes=notes)
        task = _task(inputs, policies, family, issued=issued, levels=levels, sells=sells, rule=rule, notes=notes)
        to_date = np.array([inputs.opening.to_date[kind][family] for kind in KINDS])
        path = plan_path(keep_orders(task, policies.orders.get(family_id, []), to_date))
        days_left, days_ahead = inputs.days_left[family], inputs.working_days[family, horizon:]
        shipped_ahead = extend_at_mean_rate(path.shipped, days_left, days_ahead, axes.season)
        lasting = ForwardWalk(shipped_ahead, np.concatenate([days_left, days_ahead]), axes.season)
        production_ahead[family] = extend_at_mean_rate(path.supply[0], days_left, days_ahead, axes.season)
        subcontract_ahead[family] = extend_at_mean_rate(path.supply[1], days_left, days_ahead, axes.season)
        for supplier_id, offset, per_unit in feeds.get(family_id, ()):
            taken = shift_back(production_ahead[family], offset, axes.remaining_ratio) * per_unit
            issued_ahead[axes.family_position[supplier_id]] += taken
        covered, lasts = walk.days_covered(path.closing_stock), lasting.days_covered(path.closing_owed)
        results[family] = (task, path, levels, covered, lasts, rule, asked, notes)
    tasks, paths, all_levels, supply_days, backlog_days, rules, all_asked, all_notes = zip(
        *(results[family] for family in range(families)), strict=True
    )
    return StrategyPlan(
        list(tasks),
        list(paths),
        list(all_levels),
        list(supply_days),
        list(backlog_days),
        list(rules),
        list(all_asked),
        list(all_notes),
        production_ahead,
        subcontract_ahead,
    )


def usage_by_consumer(family_usage: pl.DataFrame) -> dict[str, list[tuple[str, int, float]]]:
    """Per consuming family: what it takes of whom, how many periods before, how much a unit."""
    feeds: dict[str, list[tuple[str, int, float]]] = {}
    rows = family_usage.sort("family_id", "component_family_id", "lead_time_offset_periods")
    for consumer, supplier, offset, per_unit in rows.select(
        "family_id", "component_family_id", "lead_time_offset_periods", "quantity_per_unit"
    ).iter_rows():
        feeds.setdefault(consumer, []).append((supplier, offset, per_unit))
    return feeds


def say_path(path: FamilyPath, task: FamilyTask, notes: list[list[str]]) -> None:
    """Add what a path could not keep to the notes per period: components that come late, stock that spoils."""
    for period in np.flatnonzero(path.late_issues > 0):
        notes[period].append(f"other families wait for {path.late_issues[period]:g}: supply is fixed below what they take")
    for period in np.flatnonzero(path.spoiled > 0):
        notes[period].append(f"{path.spoiled[period]:g} spoil: stock keeps {count_periods(task.shelf_life_periods)}")


def count_periods(periods: int) -> str:
    """A number of periods in words."""
    return "1 period" if periods == 1 else f"{periods} periods"


def _notes(inputs: BalanceInputs, policies: Policies, family: int) -> list[list[str]]:
    """Notes per period; those about the start stand in the first."""
    notes: list[list[str]] = [[] for _ in range(inputs.axes.horizon)]
    opening = inputs.opening
    if not inputs.has_demand_plan[family]:
        notes[0].append("no demand plan: planned at 0")
    elif not inputs.has_history[family]:
        for note, demand in zip(notes, inputs.demand_ahead[family].tolist(), strict=False):
            note.append(ON_SUBMISSION if demand > 0 else WITHOUT_ANYTHING)
    if opening.is_stock_unknown[family]:
        notes[0].append("no stock known: planned from 0")
    if opening.stock_below_zero[family] > 0:
        notes[0].append(f"stock of -{opening.stock_below_zero[family]:g} taken as 0")
    if policies.shelf_life.is_age_unknown[family]:
        notes[0].append("age of the stock not known: taken as half its shelf life")
    if inputs.is_uncapacitated[family]:
        for period in notes:
            period.append("uncapacitated: no routing and no bill of resources")
    return notes


def _levels(
    inputs: BalanceInputs, policies: Policies, family: int, walk: ForwardWalk, *, sells: Floats, notes: list[list[str]]
) -> StockLevels:
    policy = StockPolicy(**{name: values[family] for name, values in policies.stock.items()})
    safety = safety_stock(
        policy.service_level_ratio,
        error_deviation_quantity=float(policies.error_deviation_quantity[family]),
        demand_per_period=float(inputs.demand_ahead[family, : inputs.axes.horizon].mean()),
        lead_time_periods=float(policies.lead_time_periods[family]),
        lead_time_deviation_periods=float(policies.lead_time_deviation_periods[family]),
    )
    levels = stock_levels(policy, walk, safety)
    for period in np.flatnonzero(np.fmax(levels.target, levels.minimum) > sells + 1e-6):
        # A stock that nobody takes before it spoils would be made and thrown away again and again.
        asked = np.fmax(levels.target, levels.minimum)[period]
        kept = count_periods(int(policies.shelf_life.periods[family]))
        notes[period].append(f"stock of {asked:g} asked for, {sells[period]:g} planned: it keeps {kept}, no more goes out in them")
    target: Floats = np.minimum(levels.target, sells)
    minimum: Floats = np.minimum(levels.minimum, sells)
    return StockLevels(np.round(target, 6), np.round(minimum, 6), np.round(levels.maximum, 6))


def _task(
    inputs: BalanceInputs,
    policies: Policies,
    family: int,
    *,
    issued: Floats,
    levels: StockLevels,
    sells: Floats,
    rule: tuple[str, ...],
    notes: list[list[str]],
) -> FamilyTask:
    lower, upper = production_limits(
        policies.minimum_production[family],
        policies.maximum_production[family],
        inputs.approved_production[family],
        fence_periods=int(inputs.fence_periods[family]),
        produced_to_date=float(inputs.opening.to_date["production"][family]),
    )
    return FamilyTask(
        working_days=inputs.days_left[family],
        demand=inputs.demand_left[family],
        issued=issued,
        stock=float(inputs.opening.stock[family]),
        owed=float(inputs.opening.owed[family]),
        is_to_order=bool(inputs.is_to_order[family]),
        target_stock=levels.target,
        minimum_stock=levels.minimum,
        maximum_stock=np.where(np.isinf(sells), levels.maximum, np.fmin(levels.maximum, np.round(sells, 6))),
        backlog_days=policies.stock["target_backlog_days"][family],
        waypoint=np.full(len(rule), np.nan),
        weight=_weight(policies.kind_share[family], policies.is_subcontract_allowed[family], notes),
        lower=lower,
        upper=upper,
        rule=rule,
        level_block_periods=policies.level_block_periods,
        shelf_life_periods=int(policies.shelf_life.periods[family]),
        fresh_stock=policies.shelf_life.fresh_opening[family],
    )


def _weight(share: Floats, is_subcontract_allowed: NDArray[np.bool_], notes: list[list[str]]) -> Floats:
    """Share of each kind per period: subcontracting only where allowed, unless there is nothing else; production where nothing is named."""
    weight = np.repeat(share[:, None], len(notes), axis=1)
    if share.sum() == 0:
        weight[0] = 1.0
    elif share[1] == share.sum():
        for period in np.flatnonzero(~is_subcontract_allowed):
            notes[period].append("subcontracting is not allowed, but there is no other source")
    else:
        weight[1] = np.where(is_subcontract_allowed, weight[1], 0.0)
    return weight / weight.sum(axis=0)
