"""Contracts of schema plan: what the optimiser says of its plans, their costs, limits and shortages. The plans themselves stay out."""

from sop_pipeline.contracts.base import Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.plan import STRATEGIES

STRATEGY_MEASURES = (
    "total_cost",
    "production_cost",
    "regular_labour_cost",
    "overtime_cost",
    "hiring_cost",
    "layoff_cost",
    "subcontract_cost",
    "purchase_cost",
    "holding_cost",
    "backorder_cost",
    "lost_sales_cost",
    "average_inventory_amount",
    "average_inventory_quantity",
    "spoiled_amount",  # where a family keeps for a time only: unit value of what is scrapped, beside the costs that made it
    "worst_shortage_quantity",
    "hires",
    "layoffs",
    "overtime_hours",
    "peak_load_ratio",
    "lowest_cash_amount",
    "anchor_regret",  # of the published plan: what staying near the approved one costs
)
MEASURE_UNITS = ("money", "heads", "hours", "planning units", "ratio")


class StrategyComparison(Table, key=("scenario_id", "strategy", "family_id", "measure")):
    """One row per strategy, family (* = the company) and measure."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "Strategy, every family on it; planned is the mix that is published", isin=STRATEGIES
    )
    family_id: Text = column("Family; * is the company")
    measure: Text = column("What is measured", isin=STRATEGY_MEASURES)
    value: Number = column("Over the horizon: money, heads, hours, planning units or a ratio")
    unit: Text = column("money, heads, hours, planning units or ratio", isin=MEASURE_UNITS)


class StabilityCurve(Table, key=("scenario_id", "stability_weight")):
    """One row per weight of stability, every family on hybrid: what steadier production costs the company."""

    scenario_id: Text = column("Scenario")
    stability_weight: Number = column("supply.stability_weight of sop.yaml", ge=0)
    rate_change_ratio: Ratio = column("Mean change of the daily rate from period to period ÷ rate, families weighted by value", ge=0)
    total_cost_amount: Number = column("Money of the horizon, without prices that only steer")
    cost_over_least_ratio: Ratio = column("Total cost beyond the least of all weights", optional=True, ge=0)


class DerivedCosts(Table, key=("scenario_id", "cost", "scope", "scope_id")):
    """One row per cost or penalty that steers the plan, nobody gave, and the planning derived; and family or resource."""

    scenario_id: Text = column("Scenario")
    cost: Text = column("What costs it")
    scope: Text = column("family or resource", isin=("family", "resource"))
    scope_id: Text = column("Family or resource")
    amount: Number = column("Money per unit, mean over the horizon", ge=0)
    unit: Text = column("What the amount is per")
    is_money: Flag = column("Counts in total cost; otherwise it only steers")
    basis: Text = column("What it was derived from")


class ShortagePegs(Table, key=("scenario_id", "family_id", "period_start", "resource_id")):
    """One row per shortage of the planned strategy and resource it hangs on; one row with an empty resource where none is scarce."""

    scenario_id: Text = column("Scenario")
    family_id: Text = column("Family that is short")
    period_start: Date = column("Period at whose end demand waits beyond what is promised, or is lost")
    resource_id: Text = column("Resource it hangs on; empty where no resource is scarce: an override, a freeze or time itself binds")
    shortage_quantity: Number = column("Demand that waits or is lost, planning units", gt=0)
    window_start: Date = column("First period whose supply could still have met it")
    share_ratio: Ratio = column("Share of the scarcity that is this resource's", optional=True, ge=0, le=1.000001)
    relief_quantity: Number = column(
        "Shortage that a tenth more of the resource in the window would end, solved again", optional=True, ge=0
    )
    relief_amount: Number = column("What it would save, soft prices of all families included", optional=True)


TABLES: dict[str, type[Table]] = {
    "plan.strategy_comparison": StrategyComparison,
    "plan.stability_curve": StabilityCurve,
    "plan.derived_costs": DerivedCosts,
    "plan.shortage_pegs": ShortagePegs,
}
