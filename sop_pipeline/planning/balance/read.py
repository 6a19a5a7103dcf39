"""The tables that a balance of supply and demand reads, as arrays and policies. Planning on them stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.planning.balance.inputs import Axes, BalanceInputs, build_axes, build_inputs
from sop_pipeline.planning.balance.load import Resources, Usage, read_resources, read_usage
from sop_pipeline.planning.balance.orders import SupplyOrder, supply_orders
from sop_pipeline.planning.balance.path import KINDS
from sop_pipeline.planning.balance.plan import POLICY_COLUMNS, Policies
from sop_pipeline.planning.balance.shelf_life import ShelfLife, read_shelf_life
from sop_pipeline.planning.balance.storage import StockUse, read_stock_use, without_stores
from sop_pipeline.planning.balance.suppliers import most_purchased
from sop_pipeline.planning.demand_grid import positions


@dataclass(frozen=True)
class Balance:
    """Everything a plan of supply starts from, whatever makes the plan."""

    axes: Axes
    inputs: BalanceInputs
    policies: Policies
    resources: Resources
    usage: Usage
    stock_use: StockUse
    family_usage: pl.DataFrame
    family_sources: pl.DataFrame


def read_balance(
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
    supplier_capacity: pl.DataFrame | None = None,
    family_storage: pl.DataFrame | None = None,
    family_item_limits: pl.DataFrame | None = None,
    level_block_periods: int = 12,
    default_strategy: str = "level",
) -> Balance:
    """Read the frames of the contracts in core, forecast and plan.

    `forecast_consumption` says what orders consume item by item; without it a family's orders consume its forecast as a whole.
    `family_backtest` (lag 1) gives the forecast error of safety stocks, `family_lead_times` their lead time (its deviation where a column
    lead_time_deviation_periods knows it), one period where it says nothing; `supplier_capacity` (staging) what suppliers can deliver,
    without limit where it says nothing; `family_storage` the room that a unit in stock takes; `family_item_limits` how long families
    keep and the runs they are made in, without limit where it says nothing. A period without a row in
    `supply_policies` follows `default_strategy`, without limits and without subcontracting. Planning starts at the as-of date: what the
    current period has seen stands in its row, the plan adds the remainder.

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
        shelf_life=read_shelf_life(axes, family_item_limits, family_history, inputs.opening),
        family_item_limits=family_item_limits,
        most_purchased=most_purchased(axes, supplier_capacity, family_sources, items, inputs.opening.to_date["purchase"]),
    )
    stock = read_resources(axes, resources, resource_capacity, workforce)
    usage, stated = without_stores(read_usage(axes, stock, family_resources), stock)
    stock_use = read_stock_use(axes, stock, resources, families=families, family_storage=family_storage, stated=stated)
    return Balance(axes, inputs, policies, stock, usage, stock_use, family_usage, family_sources)


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
    most_purchased: np.ndarray,
    shelf_life: ShelfLife,
    family_item_limits: pl.DataFrame | None,
) -> Policies:
    def grid(column: str, missing: float = np.nan) -> np.ndarray:
        return axes.grid(supply_policies, column, "core.supply_policies", missing=missing, count=axes.horizon)

    def per_family(frame: pl.DataFrame | None, column: str, missing: float, table: str) -> np.ndarray:
        values = np.full(len(axes.family_position), missing)
        if frame is not None and column in frame.columns:
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
        lead_time_periods=per_family(family_lead_times, "lead_time_periods", 1.0, "core.family_lead_times"),
        lead_time_deviation_periods=per_family(family_lead_times, "lead_time_deviation_periods", 0.0, "core.family_lead_times"),
        strategy=np.array(names)[strategy.astype(np.int64)],
        minimum_production=grid("minimum_production_quantity"),
        maximum_production=grid("maximum_production_quantity"),
        is_subcontract_allowed=grid("is_subcontract_allowed", 0.0) > 0,
        maximum_backlog=grid("maximum_backlog_quantity", np.inf),
        are_lost_sales_allowed=grid("are_lost_sales_allowed", 0.0) > 0,
        orders=orders,
        maximum_purchase=most_purchased,
        kind_share=share,
        level_block_periods=level_block_periods,
        shelf_life=shelf_life,
        minimum_run=per_family(family_item_limits, "minimum_run_quantity", 0.0, "core.family_item_limits"),
    )
