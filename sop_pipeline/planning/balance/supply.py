"""The door of the balance: tables of core and plan in, the four supply tables of plan out. The arithmetic stays in its own modules."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.balance.inputs import Axes, build_axes, build_inputs
from sop_pipeline.planning.balance.load import Resources, Usage, family_loads, follow_heads, load_status, read_resources, read_usage
from sop_pipeline.planning.balance.orders import SupplyOrder, supply_orders
from sop_pipeline.planning.balance.path import KINDS
from sop_pipeline.planning.balance.plan import POLICY_COLUMNS, Policies, StrategyPlan, plan_strategy
from sop_pipeline.planning.balance.tables import (
    StrategyLoad,
    family_balance_frame,
    family_supply_frame,
    resource_load_frame,
    workforce_plan_frame,
)
from sop_pipeline.planning.demand_grid import positions


@dataclass(frozen=True)
class SupplyResult:
    """The frames of contracts FamilyBalance, FamilySupply, ResourceLoad and WorkforcePlan, all strategies in each."""

    family_balance: pl.DataFrame
    family_supply: pl.DataFrame
    resource_load: pl.DataFrame
    workforce_plan: pl.DataFrame


def balance_supply(
    *,
    family_demand: pl.DataFrame,
    families: pl.DataFrame,
    items: pl.DataFrame,
    item_mix: pl.DataFrame,
    periods: pl.DataFrame,
    site_working_days: pl.DataFrame,
    family_history: pl.DataFrame,
    orders_due: pl.DataFrame,
    inventory_policies: pl.DataFrame,
    supply_policies: pl.DataFrame,
    overrides: pl.DataFrame,
    approved_plans: pl.DataFrame,
    family_usage: pl.DataFrame,
    family_sources: pl.DataFrame,
    family_resources: pl.DataFrame,
    resources: pl.DataFrame,
    resource_capacity: pl.DataFrame,
    workforce: pl.DataFrame,
    forecast_consumption: pl.DataFrame | None = None,
    family_backtest: pl.DataFrame | None = None,
    family_lead_times: pl.DataFrame | None = None,
    level_block_periods: int = 12,
    default_strategy: str = "level",
    strategies: Sequence[str] = ("level", "chase", "planned"),
    scenario_id: str = "base",
) -> SupplyResult:
    """Balance supply and demand of every family under each strategy, by the formulas of level and chase.

    Frames are those of the contracts in core, forecast and plan. `forecast_consumption` says what orders consume item by item; without
    it a family's orders consume its forecast as a whole. `family_backtest` (lag 1) gives the forecast error of safety stocks,
    `family_lead_times` (family_id, lead_time_periods, lead_time_deviation_periods) their lead time, one period where it says nothing.
    A period without a row in `supply_policies` follows `default_strategy`, without limits and without subcontracting. Planning starts
    at the as-of date: what the current period has seen stands in its row, the plan adds the remainder.

    Raises ValueError for a family or resource the masters do not hold, a period without working days, a block shorter than 1 period.
    """
    if level_block_periods < 1:
        raise ValueError(f"supply.level_block_periods is {level_block_periods}; a level block holds at least 1 period: correct sop.yaml")
    if families.is_empty():
        raise ValueError("core.families holds no family: there is nothing to balance; fill the extract product_families")
    axes = build_axes(families, periods)
    inputs = build_inputs(
        axes,
        family_demand=family_demand,
        families=families,
        site_working_days=site_working_days,
        family_history=family_history,
        orders_due=orders_due,
        approved_plans=approved_plans,
        forecast_consumption=forecast_consumption,
    )
    horizon_positions = axes.periods.filter(pl.col("position").is_between(0, axes.horizon - 1)).select("period_start", period="position")
    policies = _policies(
        axes,
        inventory_policies=inventory_policies,
        supply_policies=supply_policies,
        family_sources=family_sources,
        family_backtest=family_backtest,
        family_lead_times=family_lead_times,
        default_strategy=default_strategy,
        orders=supply_orders(overrides, items, item_mix, horizon_positions),
        level_block_periods=level_block_periods,
    )
    stock = read_resources(axes, resources, resource_capacity, workforce)
    usage = read_usage(axes, stock, family_resources)
    parts: list[tuple[pl.DataFrame, ...]] = []
    for strategy in strategies:
        plan = plan_strategy(inputs, policies, family_usage, strategy)
        load = _load(axes, stock, usage, plan)
        key = {"scenario_id": scenario_id, "strategy": strategy}
        parts.append(
            (
                family_balance_frame(key, inputs, plan, stock, load),
                family_supply_frame(key, inputs, plan, family_sources),
                resource_load_frame(key, axes, stock, load),
                workforce_plan_frame(key, axes, stock, load),
            )
        )
    return SupplyResult(*(pl.concat(frames) for frames in zip(*parts, strict=True)))


def _policies(
    axes: Axes,
    *,
    inventory_policies: pl.DataFrame,
    supply_policies: pl.DataFrame,
    family_sources: pl.DataFrame,
    family_backtest: pl.DataFrame | None,
    family_lead_times: pl.DataFrame | None,
    default_strategy: str,
    orders: dict[str, list[SupplyOrder]],
    level_block_periods: int,
) -> Policies:
    def grid(column: str, missing: float = np.nan) -> np.ndarray:
        return axes.grid(supply_policies, column, "core.supply_policies", missing=missing, count=axes.horizon)

    def per_family(frame: pl.DataFrame | None, column: str, missing: float, table: str) -> np.ndarray:
        values = np.full(len(axes.family_position), missing)
        if frame is not None:
            values[positions(frame, "family_id", axes.family_position, table)] = (
                frame[column].cast(pl.Float64).fill_null(missing).to_numpy()
            )
        return values

    names = [default_strategy, *sorted(set(supply_policies["strategy"].to_list()))]
    numbered = supply_policies.with_columns(
        number=pl.col("strategy").replace_strict({name: number for number, name in enumerate(names)}, return_dtype=pl.Float64, default=0.0)
    )
    strategy = axes.grid(numbered, "number", "core.supply_policies", missing=0.0, count=axes.horizon)
    share = np.zeros((len(axes.family_position), len(KINDS)))
    rows = family_sources.sort("family_id", "source_kind", "source_id")
    kind = rows["source_kind"].replace_strict({name: number for number, name in enumerate(KINDS)}, return_dtype=pl.Int64).to_numpy()
    np.add.at(share, (positions(rows, "family_id", axes.family_position, "core.family_sources"), kind), rows["share_ratio"].to_numpy())
    lag_one = None if family_backtest is None else family_backtest.filter(pl.col("lag_periods") == 1)
    return Policies(
        stock={name: axes.grid(inventory_policies, name, "core.inventory_policies", count=axes.horizon) for name in POLICY_COLUMNS},
        error_deviation_quantity=per_family(lag_one, "error_deviation_quantity", np.nan, "forecast.family_backtest"),
        lead_time_periods=per_family(family_lead_times, "lead_time_periods", 1.0, "family lead times"),
        lead_time_deviation_periods=per_family(family_lead_times, "lead_time_deviation_periods", 0.0, "family lead times"),
        strategy=np.array(names)[strategy.astype(np.int64)],
        minimum_production=grid("minimum_production_quantity"),
        maximum_production=grid("maximum_production_quantity"),
        is_subcontract_allowed=grid("is_subcontract_allowed", 0.0) > 0,
        orders=orders,
        kind_share=share,
        level_block_periods=level_block_periods,
    )


def _load(axes: Axes, resources: Resources, usage: Usage, plan: StrategyPlan) -> StrategyLoad:
    loads = family_loads(
        usage, resources, plan.production_ahead, plan.subcontract_ahead, horizon=axes.horizon, remaining_ratio=axes.remaining_ratio
    )
    required = np.zeros((len(resources.resource_ids), axes.horizon))
    for (_, resource), load in sorted(loads.items()):
        required[resource] += load
    heads = follow_heads(resources, required)
    regular, overtime = np.round(heads.regular_capacity, 6), np.round(heads.overtime_capacity, 6)
    required = np.round(required, 6)
    ratio = np.divide(required, regular, out=np.full_like(required, np.nan), where=regular > 0)
    return StrategyLoad(loads, required, regular, overtime, ratio, load_status(required, regular, overtime, resources.is_labour), heads)
