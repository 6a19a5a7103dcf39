"""The door of the night's supply plan: tables of core and plan in, the tables of every strategy out. Each step has its own module."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sop_pipeline.planning.balance.orders import keep_orders
from sop_pipeline.planning.balance.path import KINDS, FamilyPath, FamilyTask
from sop_pipeline.planning.balance.plan import StrategyPlan, plan_strategy
from sop_pipeline.planning.balance.read import Balance, read_balance
from sop_pipeline.planning.balance.tables import (
    StrategyLoad,
    family_balance_frame,
    family_supply_frame,
    resource_load_frame,
    workforce_plan_frame,
)
from sop_pipeline.planning.optimum.comparison import comparison_frame, curve_frame, derived_frame, empty_curve, peg_frame, regret_frame
from sop_pipeline.planning.optimum.costs import CostRatios, SupplyCosts, read_costs
from sop_pipeline.planning.optimum.loads import planned_load
from sop_pipeline.planning.optimum.money import money_columns, money_of
from sop_pipeline.planning.optimum.notes import say_notes, say_shelf_life
from sop_pipeline.planning.optimum.paths import planned_paths
from sop_pipeline.planning.optimum.problem import supply_inputs
from sop_pipeline.planning.scenarios import BASE, change_supply, of_scenario, scenario_ids
from sop_pipeline.planning.supply import SupplyPlan, Switches, plan_supply
from sop_pipeline.planning.supply.costs import Costs
from sop_pipeline.planning.supply.inputs import STRATEGIES
from sop_pipeline.planning.supply.solve import Basis
from sop_pipeline.planning.supply.strategies import PLANNED

ALL_STRATEGIES = (*STRATEGIES, PLANNED)


@dataclass(frozen=True)
class OptimumResult:
    """The frames of the contracts of schema plan that supply planning writes."""

    family_balance: pl.DataFrame
    family_supply: pl.DataFrame
    resource_load: pl.DataFrame
    workforce_plan: pl.DataFrame
    strategy_comparison: pl.DataFrame
    derived_costs: pl.DataFrame
    shortage_pegs: pl.DataFrame
    stability_curve: pl.DataFrame  # of base, whose strategies are compared
    basis: Basis  # of the published plan: where a scenario of the same structure starts

    def frames(self) -> dict[str, pl.DataFrame]:
        """The frames by the name of their table."""
        return {item.name: getattr(self, item.name) for item in dataclasses.fields(self) if item.name != "basis"}


@dataclass(frozen=True)
class Planned:
    """One strategy: the model's verified plan, and its rounded paths and loads."""

    strategy: str
    plan: SupplyPlan
    paths: StrategyPlan
    load: StrategyLoad
    costs: Costs  # money only: without the prices that steer hours nobody has priced


def optimise_supply(
    *,
    tables: dict[str, pl.DataFrame],
    costs: dict[str, pl.DataFrame],
    ratios: CostRatios,
    switches: Switches,
    default_strategy: str,
    strategies: Sequence[str] = ALL_STRATEGIES,
    scenario_id: str = BASE,
    start: Basis | None = None,
) -> OptimumResult:
    """Plan supply under each strategy, verified, and lay it out in the tables of schema plan.

    `tables` are the arguments of `read_balance`, `costs` those of `read_costs`. A strategy that asks the same of every family as one
    planned before is not solved again. `start`, the basis of a plan alike, changes the time, not the plan.

    Raises what these raise, and PlanMismatchError where a plan fails its recomputation.
    """
    balance = read_balance(**tables, level_block_periods=switches.level_block_periods, default_strategy=default_strategy)
    money = read_costs(balance, item_mix=tables["item_mix"], items=tables["items"], resources=tables["resources"], ratios=ratios, **costs)
    planned = plan_strategies(balance, money, switches, strategies, start=start)
    parts = [_tables(balance, made, money, scenario_id) for made in planned]
    curves = [curve_frame(scenario_id, made.plan, money) for made in planned if made.strategy == "hybrid"]
    published = next((made for made in planned if made.strategy == PLANNED), planned[-1])
    compared = comparison_frame(
        scenario_id, {made.strategy: (made.plan, made.costs) for made in planned}, tables["families"], money.standard
    )
    regrets = [regret_frame(scenario_id, published.plan, money)] if curves else []
    return OptimumResult(
        **{name: pl.concat([part[name] for part in parts]) for name in parts[0]},
        strategy_comparison=pl.concat([compared, *regrets]),
        derived_costs=derived_frame(scenario_id, money, published.plan),
        shortage_pegs=peg_frame(scenario_id, balance.axes, published.plan),
        stability_curve=pl.concat(curves) if curves else empty_curve(),
        basis=published.plan.basis,
    )


def optimise_scenarios(
    *, tables: dict[str, pl.DataFrame], costs: dict[str, pl.DataFrame], scenarios: pl.DataFrame, **settings: Any
) -> dict[str, pl.DataFrame]:
    """The tables of base under every strategy and, below them, of each scenario as it would be published; arguments as `optimise_supply`.

    `tables` and `costs` hold the demand and the money of every scenario (`change_demand`, `change_money`); `scenarios` is the extract.
    """
    base = optimise_base(tables=tables, costs=costs, **settings)
    changed = (
        optimise_scenario(scenario, tables=tables, costs=costs, scenarios=scenarios, start=base.basis, **settings)
        for scenario in scenario_ids(scenarios)
    )
    results = [base, *changed]
    return {name: pl.concat([result.frames()[name] for result in results]) for name in base.frames()}


def optimise_base(*, tables: dict[str, pl.DataFrame], costs: dict[str, pl.DataFrame], **settings: Any) -> OptimumResult:
    """The plan of base where `tables` and `costs` hold the demand and money of scenarios too."""
    return optimise_supply(
        tables=tables | _demand_of(tables, BASE),
        costs=costs | {"family_money": of_scenario(costs["family_money"], BASE)},
        **settings,
    )


def optimise_scenario(
    scenario_id: str, *, tables: dict[str, pl.DataFrame], costs: dict[str, pl.DataFrame], scenarios: pl.DataFrame, **settings: Any
) -> OptimumResult:
    """The plan of one scenario as it would be published; `tables` and `costs` hold its demand and money."""
    changed = change_supply(tables | costs, scenarios, scenario_id)
    return optimise_supply(
        tables={name: changed[name] for name in tables} | _demand_of(tables, scenario_id),
        costs={name: changed[name] for name in costs} | {"family_money": of_scenario(costs["family_money"], scenario_id)},
        scenario_id=scenario_id,
        **(settings | {"strategies": (PLANNED,)}),
    )


def _demand_of(tables: dict[str, pl.DataFrame], scenario_id: str) -> dict[str, pl.DataFrame]:
    """Demand of a scenario, and what its orders consume of it."""
    return {name: of_scenario(tables[name], scenario_id) for name in ("family_demand", "forecast_consumption") if name in tables}


def plan_strategies(
    balance: Balance, costs: SupplyCosts, switches: Switches, strategies: Sequence[str], *, start: Basis | None = None
) -> list[Planned]:
    """Every strategy planned; `planned` takes over the plan of a strategy that all families ask for."""
    done: dict[tuple[Any, ...], Planned] = {}
    planned = []
    for strategy in strategies:
        base = plan_strategy(balance.inputs, balance.policies, balance.family_usage, strategy)
        # Level and chase of a comparison show the load they would need; what is published has to fit.
        overload = "before_strategy" if strategy in ("level", "chase") else "last_resort"
        key = (tuple(base.asked), overload)
        if key not in done:
            done[key] = _plan(balance, costs, base, dataclasses.replace(switches, overload=overload), start)
        planned.append(dataclasses.replace(done[key], strategy=strategy))
    return planned


def _plan(balance: Balance, costs: SupplyCosts, base: StrategyPlan, switches: Switches, start: Basis | None) -> Planned:
    orders, family_ids = balance.policies.orders, balance.axes.family_ids
    without: list[FamilyPath] | None = None
    if any(order.is_change for given in orders.values() for order in given):
        # A change is measured against the plan without any override.
        free = plan_supply(supply_inputs(balance, costs, base, base.tasks, switches))
        without = planned_paths(balance, base, base.tasks, free).paths
    tasks: list[FamilyTask] = []
    for family, family_id in enumerate(family_ids):
        to_date = np.array([balance.inputs.opening.to_date[kind][family] for kind in KINDS])
        tasks.append(keep_orders(base.tasks[family], orders.get(family_id, []), to_date, None if without is None else without[family]))
    plan = plan_supply(supply_inputs(balance, costs, base, tasks, switches), start=start)
    paths = planned_paths(balance, base, tasks, plan)
    say_notes(plan, paths.notes, balance.axes.family_position)
    say_shelf_life(plan, paths.notes)
    return Planned(PLANNED, plan, paths, planned_load(balance, paths, plan, costs.unit_value), money_of(plan, costs))


def _tables(balance: Balance, made: Planned, given: SupplyCosts, scenario_id: str) -> dict[str, pl.DataFrame]:
    key = {"scenario_id": scenario_id, "strategy": made.strategy}
    axes, resources = balance.axes, balance.resources
    money = money_columns(balance, made.plan, made.costs, given)
    return {
        "family_balance": family_balance_frame(key, balance.inputs, made.paths, resources, made.load, money=money),
        "family_supply": family_supply_frame(key, balance.inputs, made.paths, balance.family_sources, money=money),
        "resource_load": resource_load_frame(key, axes, resources, made.load, money=money),
        "workforce_plan": workforce_plan_frame(key, axes, resources, made.load, money=money),
    }
