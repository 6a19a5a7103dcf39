"""The strategies side by side, what was derived to steer them, and what shortages hang on, as tables of schema plan."""

import dataclasses
from collections.abc import Mapping

import numpy as np
import polars as pl

from sop_pipeline.contracts.base import Table
from sop_pipeline.contracts.optimum import DerivedCosts, ShortagePegs, StabilityCurve, StrategyComparison
from sop_pipeline.planning.balance.inputs import Axes
from sop_pipeline.planning.optimum.costs import SupplyCosts
from sop_pipeline.planning.optimum.money import money_of
from sop_pipeline.planning.supply import SupplyPlan, plan_supply
from sop_pipeline.planning.supply.compare import COMPANY, WEIGHTS, rate_change_ratio, strategy_measures
from sop_pipeline.planning.supply.costs import COST_KINDS, Costs
from sop_pipeline.planning.supply.explain import peg_shortages
from sop_pipeline.planning.supply.inputs import Floats
from sop_pipeline.planning.supply.strategies import PLANNED
from sop_pipeline.planning.supply.to_frames import price_frame

UNITS = {
    "average_inventory_quantity": "planning units",
    "worst_shortage_quantity": "planning units",
    "hires": "heads",
    "layoffs": "heads",
    "overtime_hours": "hours",
    "peak_load_ratio": "ratio",
}
BASIS = {
    "backlog": "a period of waiting where no backorder cost is given",
    "below_target": "a quarter of a period of backlog, at least twice the holding cost",
    "below_minimum": "half a period of backlog, at least three times the holding cost; beside the shortfall to the target",
    "above_maximum": "a quarter of a period of backlog",
    "below_backlog_target": "a tenth of a period of backlog",
    "lost_sale": "twice the dearest way to supply a unit",
    "end": "1.5 times the dearest way to supply a unit, or what it costs carried through the horizon; for what the last period misses",
    "forced": "above everything else together, for limits that had to give way",
    "overload": "above everything else together, for load beyond every capacity",
}
# What the costs of the supply model already list under the name of what they cost.
LISTED = {"backlog": "backorder_cost", "lost_sale": "lost_sale_cost"}


def comparison_frame(
    scenario_id: str, plans: Mapping[str, tuple[SupplyPlan, Costs]], families: pl.DataFrame, unit_cost: Floats
) -> pl.DataFrame:
    """The frame of contract StrategyComparison. Quantities stand on the company only where all families count in one planning unit.

    `unit_cost`: standard cost of a planning unit in each period, families × periods, money.
    """
    measures = strategy_measures(
        {strategy: dataclasses.replace(plan, costs=costs) for strategy, (plan, costs) in plans.items()},
        is_one_unit=families["planning_unit"].n_unique() == 1,
        unit_cost=unit_cost,
    )
    return _shaped(
        measures.with_columns(
            scenario_id=pl.lit(scenario_id),
            unit=pl.col("measure").replace_strict(UNITS, default="money"),
            # A cost below a millionth of a cent is rounding.
            value=pl.col("value").round(6) + 0.0,
        ),
        StrategyComparison,
    )


def regret_frame(scenario_id: str, published: SupplyPlan, costs: SupplyCosts) -> pl.DataFrame:
    """One row of contract StrategyComparison: what staying near the approved plan costs; none where nothing is approved."""
    sources = published.inputs.sources
    rows = []
    if np.isfinite(sources.approved_quantity).any():
        free = dataclasses.replace(sources, approved_quantity=np.full_like(sources.approved_quantity, np.nan))
        alone = plan_supply(published.inputs.swap(sources=free))
        regret = money_of(published, costs).total() - money_of(alone, costs).total()
        rows.append((scenario_id, PLANNED, COMPANY, "anchor_regret", round(regret, 6), "money"))
    return pl.DataFrame(
        rows, schema={name: column.dtype.type for name, column in StrategyComparison.to_schema().columns.items()}, orient="row"
    )


def costs_by_kind(strategy_comparison: pl.DataFrame, *, strategy: str = PLANNED, family_id: str = COMPANY) -> pl.DataFrame:
    """What a plan costs by kind, in the order costs are reported, and their total last: columns measure, value (money of the horizon).

    `strategy_comparison`: plan.strategy_comparison or sop.strategy_comparison of one cycle and scenario. Kinds that cost nothing stand
    there with 0, so that nothing seems forgotten.
    """
    rows = strategy_comparison.filter(pl.col("strategy") == strategy, pl.col("family_id") == family_id).select("measure", "value")
    order = pl.DataFrame({"measure": [*COST_KINDS, "total_cost"]})
    return order.join(rows, on="measure", how="inner", maintain_order="left")


def curve_frame(scenario_id: str, hybrid: SupplyPlan, costs: SupplyCosts) -> pl.DataFrame:
    """The frame of contract StabilityCurve: the hybrid plan at every weight of stability, from none to as good as level.

    As level does, it leaves the step from the rate before the plan out: what has to change once is no matter of steadiness, and under a
    great weight would rather not be made at all. Each plan starts from the one before, which it is close to.
    """
    rows = []
    basis = hybrid.basis
    families = dataclasses.replace(hybrid.inputs.families, previous_rate=np.full(hybrid.inputs.shape[0], np.nan))
    for weight in WEIGHTS:
        switches = dataclasses.replace(hybrid.inputs.switches, stability_weight=weight)
        plan = plan_supply(hybrid.inputs.swap(families=families, switches=switches), "hybrid", start=basis)
        basis = plan.basis
        rows.append((scenario_id, weight, rate_change_ratio(plan), money_of(plan, costs).total()))
    frame = pl.DataFrame(rows, schema=["scenario_id", "stability_weight", "rate_change_ratio", "total_cost_amount"], orient="row")
    least = pl.col("total_cost_amount").min()
    over = pl.when(least > 0).then(pl.col("total_cost_amount") / least - 1.0)
    return _shaped(
        frame.with_columns(pl.col("rate_change_ratio", "total_cost_amount").round(6), cost_over_least_ratio=over.round(9)), StabilityCurve
    )


def empty_curve() -> pl.DataFrame:
    """No curve, where strategies are not compared."""
    return pl.DataFrame(schema={name: column.dtype.type for name, column in StabilityCurve.to_schema().columns.items()})


def derived_frame(scenario_id: str, costs: SupplyCosts, plan: SupplyPlan) -> pl.DataFrame:
    """The frame of contract DerivedCosts: costs derived where none is given, then the prices that only steer."""
    rows = [
        (derived.cost, derived.scope, derived.scope_id, derived.amount, derived.unit, not derived.only_steers, derived.basis)
        for derived in costs.derived
    ]
    listed = {(cost, scope_id) for cost, _, scope_id, *_ in rows}
    for price, scope, scope_id, amount in price_frame(plan).iter_rows():
        if (LISTED.get(price), scope_id) not in listed:
            unit = "planning unit" if scope == "family" else "capacity unit"
            rows.append((price, scope, scope_id, amount, unit, False, BASIS[price]))
    schema = {
        "cost": pl.String,
        "scope": pl.String,
        "scope_id": pl.String,
        "amount": pl.Float64,
        "unit": pl.String,
        "is_money": pl.Boolean,
        "basis": pl.String,
    }
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(scenario_id=pl.lit(scenario_id), amount=pl.col("amount").round(6))
    return _shaped(frame.sort("scope", "scope_id", "cost"), DerivedCosts)


def peg_frame(scenario_id: str, axes: Axes, plan: SupplyPlan) -> pl.DataFrame:
    """The frame of contract ShortagePegs: what each shortage of a plan hangs on, with the re-solved effect of relief."""
    starts = pl.DataFrame({"period_index": range(axes.horizon), "period_start": axes.horizon_starts})
    pegs = (
        peg_shortages(plan)
        .join(starts, on="period_index")
        .join(starts.rename({"period_index": "first_period_index", "period_start": "window_start"}), on="first_period_index")
        .with_columns(
            pl.col("resource_id").fill_null(""),
            pl.col("shortage_quantity", "share_ratio", "relief_quantity", "relief_amount").round(6),
            scenario_id=pl.lit(scenario_id),
        )
        .filter(pl.col("shortage_quantity") > 0)
    )
    return _shaped(pegs.sort("family_id", "period_start", "resource_id"), ShortagePegs)


def _shaped(frame: pl.DataFrame, contract: type[Table]) -> pl.DataFrame:
    schema = {name: column.dtype.type for name, column in contract.to_schema().columns.items()}
    return frame.select(pl.col(name).cast(dtype) for name, dtype in schema.items())
