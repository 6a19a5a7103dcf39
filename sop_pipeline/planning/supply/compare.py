"""The strategies side by side, and what stability costs: measures of several plans as frames. Cash is finance's and stays out."""

import dataclasses
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import polars as pl

from sop_pipeline.planning.supply.costs import COST_KINDS, hour_shares, share_to_families
from sop_pipeline.planning.supply.inputs import STRATEGIES, Floats, SupplyInputs
from sop_pipeline.planning.supply.plan import missing_quantity
from sop_pipeline.planning.supply.planner import SupplyPlan, plan_supply
from sop_pipeline.planning.supply.strategies import PLANNED

COMPANY = "*"
WEIGHTS = (0.0, 0.1, 0.3, 1.0, 3.0, 10.0, 100.0)


def plan_strategies(inputs: SupplyInputs) -> dict[str, SupplyPlan]:
    """One plan per strategy with every family on it, and the mix that is published."""
    return {strategy: plan_supply(inputs, strategy) for strategy in (*STRATEGIES, PLANNED)}


def strategy_measures(plans: Mapping[str, SupplyPlan], *, is_one_unit: bool = False, unit_cost: Floats | None = None) -> pl.DataFrame:
    """One row per strategy, family (`*` = company) and measure: value in money, heads, hours, planning units or a ratio.

    Costs are money only. Heads and hours are shared to families by the hours they take and sum to the company; quantities are summed over
    families only where `is_one_unit`: all count in the same planning unit. `unit_cost`: what a planning unit of stock is worth in each
    period, money, FT; the unit value of the families where it is left out.
    """
    rows = [
        (strategy, family, measure, value)
        for strategy, plan in plans.items()
        for measure, values, company in _measures(plan, is_one_unit=is_one_unit, unit_cost=unit_cost)
        for family, value in (*zip(plan.inputs.families.family_ids, values.tolist(), strict=True), (COMPANY, company))
        if value is not None
    ]
    schema = {"strategy": pl.String, "family_id": pl.String, "measure": pl.String, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row")


def stability_curve(inputs: SupplyInputs, weights: Sequence[float] = WEIGHTS) -> pl.DataFrame:
    """One row per stability weight of the hybrid strategy: mean change of the daily rate from period to period, and the total cost.

    Columns: stability_weight, rate_change_ratio (|change| ÷ rate, both summed over families by their value), total_cost_amount,
    cost_over_least_ratio.
    """
    rows = []
    for weight in weights:
        switches = dataclasses.replace(inputs.switches, stability_weight=weight)
        plan = plan_supply(inputs.swap(switches=switches), "hybrid")
        rows.append((weight, rate_change_ratio(plan), plan.costs.total()))
    least = min(total for _, _, total in rows)
    schema = {
        "stability_weight": pl.Float64,
        "rate_change_ratio": pl.Float64,
        "total_cost_amount": pl.Float64,
        "cost_over_least_ratio": pl.Float64,
    }
    return pl.DataFrame([(*row, row[2] / least - 1 if least else 0.0) for row in rows], schema=schema, orient="row")


def _measures(plan: SupplyPlan, *, is_one_unit: bool, unit_cost: Floats | None) -> Iterator[tuple[str, Floats, float | None]]:
    inputs, done, costs = plan.inputs, plan.quantities, plan.costs
    crew, shape = inputs.workforce, inputs.resources.regular_capacity.shape
    totals = {kind: costs.by_kind[kind].sum(axis=1) for kind in COST_KINDS}
    yield "total_cost", np.sum(list(totals.values()), axis=0), costs.total()
    for kind, amount in totals.items():
        yield kind, amount, float(amount.sum())
    average = done.inventory.mean(axis=1)
    worth = inputs.families.unit_value_amount[:, None] if unit_cost is None else unit_cost
    money = (done.inventory * worth).mean(axis=1)
    yield "average_inventory_amount", money, float(money.sum())
    yield "average_inventory_quantity", average, float(average.sum()) if is_one_unit else None
    if (inputs.families.shelf_life_periods > 0).any():
        # Beside the costs, not in them: what it took to make or buy it stands there already.
        spoiled = done.scrap.sum(axis=1) * inputs.families.unit_value_amount
        yield "spoiled_amount", spoiled, float(spoiled.sum())
    missing = missing_quantity(inputs, done)
    yield "worst_shortage_quantity", missing.max(axis=1), float(missing.sum(axis=0).max()) if is_one_unit else None
    shares = hour_shares(inputs, done.supply)
    for measure, values in (("hires", done.hires), ("layoffs", done.layoffs)):
        on_resources = np.zeros(shape)
        on_resources[crew.resource] = values
        shared = share_to_families(inputs, shares, on_resources).sum(axis=1)
        yield measure, shared, float(values.sum())
    hours = share_to_families(inputs, shares, done.overtime + done.extra_shift).sum(axis=1)
    yield "overtime_hours", hours, float((done.overtime + done.extra_shift).sum())
    ratio = np.divide(done.required, done.available, out=np.zeros(shape), where=done.available > 0)
    peaks = np.zeros(inputs.shape[0])
    np.maximum.at(peaks, inputs.sources.family[inputs.usages.source], ratio.max(axis=1, initial=0.0)[inputs.usages.resource])
    yield "peak_load_ratio", peaks, float(ratio.max(initial=0.0))


def rate_change_ratio(plan: SupplyPlan) -> float:
    """Mean change of the daily rate from period to period: |change| ÷ rate, both summed over families by their value."""
    inputs = plan.inputs
    made = np.zeros(inputs.shape)
    np.add.at(made, inputs.sources.family, plan.quantities.supply)
    days = inputs.families.working_days
    rate = np.divide(made, days, out=np.zeros_like(made), where=days > 0) * plan.model.prices.value[:, None]
    # Where all is made in the first period, its rate is what changes.
    whole = rate[:, 1:].sum() or rate.sum() or 1.0
    return float(np.abs(np.diff(rate, axis=1)).sum() / whole)
