"""The door of the arithmetic: tables of core and plan in, the four supply tables of plan out, by the formulas of level and chase."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from sop_pipeline.planning.balance.inputs import Axes
from sop_pipeline.planning.balance.load import Heads, Resources, Usage, carry_over, family_loads, follow_heads, load_status
from sop_pipeline.planning.balance.plan import StrategyPlan, plan_strategy, say_path
from sop_pipeline.planning.balance.read import read_balance
from sop_pipeline.planning.balance.tables import (
    StrategyLoad,
    family_balance_frame,
    family_supply_frame,
    resource_load_frame,
    workforce_plan_frame,
)


@dataclass(frozen=True)
class SupplyResult:
    """The frames of contracts FamilyBalance, FamilySupply, ResourceLoad and WorkforcePlan, all strategies in each."""

    family_balance: pl.DataFrame
    family_supply: pl.DataFrame
    resource_load: pl.DataFrame
    workforce_plan: pl.DataFrame


def balance_supply(*, strategies: Sequence[str] = ("level", "chase", "planned"), scenario_id: str = "base", **tables: Any) -> SupplyResult:
    """Balance supply and demand of every family under each strategy, by the formulas of level and chase; `tables` as `read_balance`.

    Heads follow the load, and no resource limits the plan. What the optimiser plans where nothing limits it must equal this.
    """
    balance = read_balance(**tables)
    axes, resources = balance.axes, balance.resources
    parts: list[tuple[pl.DataFrame, ...]] = []
    for strategy in strategies:
        plan = plan_strategy(balance.inputs, balance.policies, balance.family_usage, strategy)
        _say_fallback(plan)
        for task, path, notes in zip(plan.tasks, plan.paths, plan.notes, strict=True):
            say_path(path, task, notes)
        required, loads = required_load(axes, resources, balance.usage, plan)
        load = strategy_load(resources, required, loads, follow_heads(resources, required))
        key = {"scenario_id": scenario_id, "strategy": strategy}
        parts.append(
            (
                family_balance_frame(key, balance.inputs, plan, resources, load),
                family_supply_frame(key, balance.inputs, plan, balance.family_sources),
                resource_load_frame(key, axes, resources, load),
                workforce_plan_frame(key, axes, resources, load),
            )
        )
    return SupplyResult(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def _say_fallback(plan: StrategyPlan) -> None:
    for asked, rules, notes in zip(plan.asked, plan.rules, plan.notes, strict=True):
        for wanted, rule, note in zip(asked, rules, notes, strict=True):
            if wanted != rule:
                note.append(f"{wanted} asked for, {rule} planned")


def required_load(
    axes: Axes, resources: Resources, usage: Usage, plan: StrategyPlan
) -> tuple[np.ndarray, dict[tuple[int, int], np.ndarray]]:
    """Load of every resource and period, and per family and resource what it is made of; capacity units."""
    loads = family_loads(
        usage, resources, plan.production_ahead, plan.subcontract_ahead, horizon=axes.horizon, remaining_ratio=axes.remaining_ratio
    )
    required = np.zeros((len(resources.resource_ids), axes.horizon))
    for (_, resource), load in sorted(loads.items()):
        required[resource] += load
    return required, loads


def strategy_load(
    resources: Resources,
    required: np.ndarray,
    loads: dict[tuple[int, int], np.ndarray],
    heads: Heads,
    *,
    overtime_used: np.ndarray | None = None,
) -> StrategyLoad:
    """What a load means beside the capacity that the heads leave, and that storable resources have left from periods before.

    `overtime_used` (resources × periods): overtime that a plan called for, also to keep what it brings; by need where None.
    """
    overtime = np.round(heads.overtime_capacity, 6)
    required = np.round(required, 6)
    used = np.zeros_like(required) if overtime_used is None else overtime_used
    regular = np.round(carry_over(resources, heads.regular_capacity, required, used), 6)
    ratio = np.divide(required, regular, out=np.full_like(required, np.nan), where=regular > 0)
    return StrategyLoad(loads, required, regular, overtime, ratio, load_status(required, regular, overtime, resources.is_labour), heads)
