"""Resources and heads of an optimal plan: what its rounded quantities load, beside the capacity the plan gives them. Tables stay out."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.load import GRAIN, TOLERANCE, Heads
from sop_pipeline.planning.balance.plan import StrategyPlan
from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.balance.storage import stock_loads
from sop_pipeline.planning.balance.supply import required_load, strategy_load
from sop_pipeline.planning.balance.tables import StrategyLoad
from sop_pipeline.planning.supply import SupplyPlan
from sop_pipeline.planning.supply.prices import capacity_prices

Floats = NDArray[np.float64]

WORTHLESS = 1e-6  # of the value of what an hour makes: a value below it is the solver's noise, or the tie-break's


def planned_load(balance: Balance, paths: StrategyPlan, plan: SupplyPlan, unit_value: Floats) -> StrategyLoad:
    """Load of the rounded plan and of its stock, heads and capacity of the model's, and the status that marginal values tell apart.

    `unit_value`: what a planning unit in stock ties up of working capital; F, money.
    """
    required, loads = required_load(balance.axes, balance.resources, balance.usage, paths)
    stocked = stock_loads(balance.stock_use, unit_value, np.array([path.closing_stock for path in paths.paths]))
    for (_, resource), taken in stocked.items():
        required[resource] += taken
    heads = _heads(balance, plan, required)
    load = strategy_load(balance.resources, required, loads | stocked, heads, overtime_used=plan.quantities.overtime)
    value = scarcity(plan)
    worthless = value <= WORTHLESS * _hour_value(plan)[:, None]
    # Heads are full at their limit in regular time too: then one more hour is worth more than its wage.
    at_limit = load.required >= load.regular - TOLERANCE * np.maximum(1.0, load.required)
    full = (load.status == "full") | (balance.resources.is_labour[:, None] & at_limit & ~worthless & (load.required > TOLERANCE))
    status = np.where(full & (load.status != "overloaded"), np.where(worthless, "full but costless", "full"), load.status)
    return dataclasses.replace(load, status=status)


def scarcity(plan: SupplyPlan) -> Floats:
    """What one more unit of a resource would save beyond its going price, money; RT."""
    going, _ = capacity_prices(plan.inputs)
    value: Floats = np.maximum(plan.resource_value - going[:, None], 0.0)
    return value.round(6)


def _hour_value(plan: SupplyPlan) -> Floats:
    usages, sources = plan.inputs.usages, plan.inputs.sources
    value, users = np.zeros(len(plan.inputs.resources.resource_ids)), np.zeros(len(plan.inputs.resources.resource_ids))
    per_unit = np.maximum(usages.usage_per_unit, np.finfo(float).tiny)
    np.add.at(value, usages.resource, plan.model.prices.value[sources.family[usages.source]] / per_unit)
    np.add.at(users, usages.resource, 1.0)
    mean: Floats = np.divide(value, users, out=np.ones_like(value), where=users > 0)
    return mean


def _heads(balance: Balance, plan: SupplyPlan, required: Floats) -> Heads:
    """Heads of the model on all resources, NaN where a resource has none; hires and layoffs follow from the rounded heads."""
    resources, crew, done = balance.resources, plan.inputs.workforce, plan.quantities
    shape = required.shape

    def spread(values: Floats) -> Floats:
        full = np.full(shape, np.nan)
        full[crew.resource] = values
        return full

    # Rounded up, or heads that cover the need would seem to work overtime.
    planned: Floats = (np.ceil(done.heads / GRAIN - 1e-3) * GRAIN).round(6)
    temporary: Floats = crew.temporary_heads.round(6)
    opening = np.round(np.concatenate([crew.opening_heads[:, None], planned[:, :-1]], axis=1), 6)
    leavers: Floats = np.minimum(opening, crew.expected_leavers).round(6)
    change = np.round(planned - opening + leavers, 6)
    there = spread(planned + temporary)
    hours, overtime = resources.workforce["regular_hours_per_head"], resources.workforce["overtime_hours_per_head"]
    needed = np.divide(required, hours, out=np.full(shape, np.nan), where=hours > 0)
    is_labour = resources.is_labour[:, None]
    return Heads(
        required=np.where(np.isnan(needed), there, needed),
        opening=spread(opening),
        planned=spread(planned),
        temporary=spread(temporary),
        hires=spread(np.maximum(change, 0.0)),
        layoffs=spread(np.maximum(-change, 0.0)),
        leavers=spread(leavers),
        regular_capacity=np.where(is_labour, there * np.nan_to_num(hours), resources.regular_capacity),
        overtime_capacity=np.where(is_labour, there * np.nan_to_num(overtime), resources.overtime_capacity),
    )
