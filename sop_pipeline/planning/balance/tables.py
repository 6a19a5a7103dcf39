"""The arrays of a strategy as the four supply tables of schema plan. Computing them stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.plan import FamilyBalance, FamilySupply, ResourceLoad, WorkforcePlan
from sop_pipeline.planning.balance.inputs import Axes, BalanceInputs
from sop_pipeline.planning.balance.load import TOLERANCE, Heads, Resources
from sop_pipeline.planning.balance.path import KINDS
from sop_pipeline.planning.balance.plan import StrategyPlan
from sop_pipeline.planning.balance.status import balance_status, highest_critical_load

Floats = NDArray[np.float64]

WORKFORCE_COSTS = ("regular_cost_amount", "overtime_cost_amount", "hiring_cost_amount", "layoff_cost_amount")


@dataclass(frozen=True)
class StrategyLoad:
    """Loads of one strategy: per (family, resource), and per resource × period what is required, there, and what that means."""

    loads: dict[tuple[int, int], Floats]
    required: Floats
    regular: Floats
    overtime: Floats
    ratio: Floats
    status: NDArray[np.str_]
    heads: Heads


@dataclass(frozen=True)
class Money:
    """What a plan costs and what its limits are worth, money, where an optimiser made it; F families, R resources, K kinds, H periods."""

    marginal_cost: Floats  # FH, per unit of demand
    unit_cost: Floats  # KFH
    labour: Floats  # FH, wages that the hours of its production take, worked or idle
    overtime: Floats  # FH
    supply_value: Floats  # KFH, per unit
    resource_value: Floats  # RH, per capacity unit
    workforce: dict[str, Floats]  # RH: cost columns of WorkforcePlan
    resource_notes: list[list[str]]  # R × H, joined


def family_balance_frame(
    key: dict[str, str], inputs: BalanceInputs, plan: StrategyPlan, resources: Resources, load: StrategyLoad, *, money: Money | None = None
) -> pl.DataFrame:
    """One row per family and period of the horizon: to date + remainder in the current period, stocks as they close."""
    axes, opening = inputs.axes, inputs.opening
    stock, owed = (np.array([getattr(path, name) for path in plan.paths]) for name in ("closing_stock", "closing_owed"))
    target, minimum, maximum = (np.array([getattr(levels, name) for levels in plan.levels]) for name in ("target", "minimum", "maximum"))
    target_backlog = np.array([path.target_backlog for path in plan.paths])
    supply, spoiled = (np.array([getattr(path, name) for path in plan.paths]) for name in ("supply", "spoiled"))
    to_order = inputs.is_to_order[:, None]
    past_due = np.full_like(stock, np.nan)
    past_due[:, 0] = opening.past_due
    is_overloaded = np.asarray(load.status == "overloaded")
    ratio, binding, overloaded = highest_critical_load(
        load.loads,
        families=len(stock),
        is_critical=resources.is_critical,
        is_following=resources.is_labour[:, None] & ~(load.required > load.regular + TOLERANCE * np.maximum(1.0, load.required)),
        load_ratio=load.ratio,
        is_overloaded=is_overloaded,
    )
    lost = np.array([path.lost for path in plan.paths])
    status = balance_status(
        is_to_order=inputs.is_to_order,
        closing_stock=stock,
        closing_owed=owed,
        lost_sales=lost,
        past_due=past_due,
        is_overloaded=overloaded,
        target_stock=target,
        minimum_stock=minimum,
        maximum_stock=maximum,
        target_backlog=target_backlog,
    )

    def whole(flow: str, remainder: Floats) -> Floats:
        """To date + remainder in the first period."""
        total = remainder.copy()
        total[:, 0] += opening.to_date[flow]
        return total

    def only_first(values: Floats, missing: float) -> Floats:
        cells = np.full_like(stock, missing)
        cells[:, 0] = values
        return cells

    demand = whole("demand", inputs.demand_left)
    opening_stock = np.concatenate([opening.opening_inventory[:, None], stock[:, :-1]], axis=1)
    opening_backlog = opening.owed - opening.to_date["booked"] + opening.to_date["shipped"]
    opening_owed = np.concatenate([np.where(inputs.is_to_order, opening_backlog, opening.owed)[:, None], owed[:, :-1]], axis=1)
    names = np.array([*resources.resource_ids, None], dtype=object)
    return _frame(
        FamilyBalance,
        key,
        _grid("family_id", axes.family_ids, axes.horizon_starts),
        {
            "applied_strategy": [rule for rules in plan.rules for rule in rules],
            "working_days": inputs.working_days[:, : axes.horizon],
            "remaining_working_days": inputs.days_left,
            "demand_quantity": demand,
            "booked_quantity": np.where(to_order, whole("booked", inputs.demand_left), np.nan),
            "shipped_quantity": whole("shipped", np.array([path.shipped for path in plan.paths])),
            "production_quantity": whole("production", supply[:, 0]),
            "subcontract_quantity": whole("subcontract", supply[:, 1]),
            "purchase_quantity": whole("purchase", supply[:, 2]),
            "issued_quantity": whole("issued", np.array([path.issued for path in plan.paths])),
            "other_movement_quantity": only_first(opening.to_date["other_movement"], 0.0) - spoiled,
            "spoiled_quantity": spoiled,
            "opening_inventory_quantity": opening_stock,
            "unexplained_quantity": only_first(opening.unexplained, np.nan),
            "closing_inventory_quantity": stock,
            "target_inventory_quantity": target,
            "minimum_inventory_quantity": minimum,
            "maximum_inventory_quantity": maximum,
            "days_of_supply": np.where(to_order, np.nan, np.array(plan.days_of_supply)),
            "opening_backlog_quantity": np.where(to_order, opening_owed, np.nan),
            "closing_backlog_quantity": np.where(to_order, owed, np.nan),
            "target_backlog_quantity": target_backlog,
            "backlog_days": np.where(to_order, np.array(plan.backlog_days), np.nan),
            "past_due_quantity": past_due,
            "opening_shortage_quantity": np.where(to_order, np.nan, opening_owed),
            "closing_shortage_quantity": np.where(to_order, np.nan, owed),
            "lost_sales_quantity": lost,
            "load_ratio": ratio,
            "binding_resource_id": names[binding].ravel().tolist(),
            "required_heads": _required_heads(load, resources, len(stock)),
            "balance_status": status.ravel().tolist(),
            "marginal_cost_amount": np.full_like(stock, np.nan) if money is None else money.marginal_cost,
            "note": ["; ".join(note) or None for notes in plan.notes for note in notes],
        },
    )


def family_supply_frame(
    key: dict[str, str], inputs: BalanceInputs, plan: StrategyPlan, family_sources: pl.DataFrame, *, money: Money | None = None
) -> pl.DataFrame:
    """One row per family, source and period: each kind split over its sources by their shares; 'main' where a kind has none."""
    axes = inputs.axes
    sources = family_sources.sort("family_id", "source_kind", "share_ratio", "source_id")
    by_kind: dict[tuple[str, str], list[tuple[str, float]]] = {}
    for family, kind, source, share in sources.select("family_id", "source_kind", "source_id", "share_ratio").iter_rows():
        by_kind.setdefault((family, kind), []).append((source, share))
    ids: list[tuple[str, str, str]] = []
    quantities: list[Floats] = []
    rates: list[Floats] = []
    costs: list[tuple[Floats, ...]] = []
    for family, path in zip(axes.family_ids, plan.paths, strict=True):
        days = inputs.days_left[axes.family_position[family]]
        for position, kind in enumerate(KINDS):
            named = by_kind.get((family, kind), [])
            if not named and not path.supply[position].any():
                continue
            named = named or [("main", 1.0)]
            total = sum(share for _, share in named)
            left = path.supply[position]
            for place, (source, share) in enumerate(named, start=1):
                even = share / total if total > 0 else 1.0 / len(named)
                # The source with the largest share, the last, takes what rounding leaves.
                part = np.round(left, 6) if place == len(named) else np.minimum(left, np.round(path.supply[position] * even, 6))
                left = left - part
                ids.append((family, kind, source))
                quantities.append(part)
                rates.append(np.divide(part, days, out=np.full_like(part, np.nan), where=days > 0))
                costs.append(_source_costs(money, axes.family_position[family], position, part, path.supply))
    keys = pl.DataFrame(ids, schema=["family_id", "source_kind", "source_id"], orient="row")
    starts = axes.horizon_starts.to_frame("period_start")
    frame = keys.join(starts, how="cross", maintain_order="left_right")
    empty = np.zeros((0, axes.horizon))
    return _frame(
        FamilySupply,
        key,
        frame,
        {
            "quantity": np.array(quantities) if quantities else empty,
            "rate_per_working_day": np.array(rates) if rates else empty,
            **{
                name: np.array([cost[number] for cost in costs]) if costs else empty
                for number, name in enumerate(("supply_cost_amount", "labour_cost_amount", "overtime_cost_amount", "marginal_value_amount"))
            },
        },
    ).sort("family_id", "source_kind", "source_id", "period_start")


def _source_costs(money: Money | None, family: int, kind: int, part: Floats, supply: Floats) -> tuple[Floats, ...]:
    """Cost of a source's quantity, its part of the family's wages and overtime, and what a limit on it is worth."""
    if money is None:
        return (np.full_like(part, np.nan),) * 4
    # Own hours are taken by what is made in house.
    made = supply[0] if KINDS[kind] == "production" else np.zeros_like(part)
    share = np.divide(part, made, out=np.zeros_like(part), where=made > 0)
    return (
        part * money.unit_cost[kind, family],
        share * money.labour[family],
        share * money.overtime[family],
        money.supply_value[kind, family],
    )


def resource_load_frame(
    key: dict[str, str], axes: Axes, resources: Resources, load: StrategyLoad, *, money: Money | None = None
) -> pl.DataFrame:
    """One row per resource and period, with the families that load it, the heaviest first."""
    users: list[str | None] = []
    by_resource: dict[int, list[tuple[str, Floats]]] = {}
    for (family, resource), hours in load.loads.items():
        by_resource.setdefault(resource, []).append((axes.family_ids[family], hours))
    for resource in range(len(resources.resource_ids)):
        for period in range(axes.horizon):
            heaviest = sorted((-hours[period], family) for family, hours in by_resource.get(resource, []) if hours[period] > 0)
            users.append(",".join(family for _, family in heaviest) or None)
    return _frame(
        ResourceLoad,
        key,
        _grid("resource_id", resources.resource_ids, axes.horizon_starts),
        {
            "required_capacity": load.required,
            "regular_capacity": load.regular,
            "overtime_capacity": load.overtime,
            "load_ratio": load.ratio,
            "load_status": load.status.ravel().tolist(),
            "marginal_value_amount": np.full_like(load.required, np.nan) if money is None else money.resource_value,
            "families": users,
            "note": [None] * load.required.size if money is None else [note or None for notes in money.resource_notes for note in notes],
        },
    )


def workforce_plan_frame(
    key: dict[str, str], axes: Axes, resources: Resources, load: StrategyLoad, *, money: Money | None = None
) -> pl.DataFrame:
    """One row per labour resource with workforce and period."""
    labour = np.flatnonzero(resources.is_labour)
    heads = load.heads
    required, regular, overtime = load.required[labour], load.regular[labour], load.overtime[labour]
    worked = np.minimum(required, regular)
    beyond = np.minimum(required - worked, overtime)
    slack = TOLERANCE * np.maximum(1.0, required)
    return _frame(
        WorkforcePlan,
        key,
        _grid("resource_id", [resources.resource_ids[position] for position in labour], axes.horizon_starts),
        {
            "required_heads": heads.required[labour],
            "opening_heads": heads.opening[labour],
            "planned_heads": heads.planned[labour],
            "temporary_heads": heads.temporary[labour],
            "hires": heads.hires[labour],
            "layoffs": heads.layoffs[labour],
            "leavers": heads.leavers[labour],
            "required_hours": required,
            "regular_hours": worked,
            "overtime_hours": beyond,
            "idle_hours": regular - worked,
            "is_feasible": (required <= regular + overtime + slack).ravel().tolist(),
            **{name: np.full_like(required, np.nan) if money is None else money.workforce[name][labour] for name in WORKFORCE_COSTS},
        },
    )


def _required_heads(load: StrategyLoad, resources: Resources, families: int) -> Floats:
    heads = np.full((families, load.required.shape[1]), np.nan)
    hours = resources.workforce["regular_hours_per_head"]
    for (family, resource), needed in sorted(load.loads.items()):
        if resources.is_labour[resource]:
            own = np.divide(needed, hours[resource], out=np.zeros_like(needed), where=hours[resource] > 0)
            heads[family] = np.nan_to_num(heads[family]) + own
    return heads


def _grid(column: str, ids: list[str], starts: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({column: ids}, schema={column: pl.String}).join(
        starts.to_frame("period_start"), how="cross", maintain_order="left_right"
    )


def _frame(contract: type[Table], key: dict[str, str], cells: pl.DataFrame, columns: dict[str, Floats | list]) -> pl.DataFrame:
    """Lay the columns beside their cells in the order of the contract: numbers rounded to 6 decimals, NaN empty."""
    series = []
    for name, values in columns.items():
        if isinstance(values, np.ndarray):
            series.append(pl.Series(name, np.round(values.ravel(), 6) + 0.0, dtype=pl.Float64).fill_nan(None))
        else:
            series.append(pl.Series(name, values, dtype=pl.String if all(value is None for value in values) else None))
    schema = {name: column.dtype.type for name, column in contract.to_schema().columns.items()}
    constants = [pl.lit(value).alias(name) for name, value in key.items()]
    return cells.with_columns(*constants, *series).select(pl.col(name).cast(dtype) for name, dtype in schema.items())
