"""Contracts of the demand side of schema sop: the items' demand plan, accuracy, changes of the range. The balance itself stays out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS


class ItemDemandPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "item_id", "period_start", "step")):
    """One row per cycle, scenario, plan version, item, planned period and step of the demand plan."""

    cycle_id: Text = column("Cycle: the period that holds the as-of date")
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    item_id: Text = column("Item")
    family_id: Text = column("Product family; its items sum to it, in planning units")
    period_start: Date = column("First day of the period")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step; demand_review is the consensus", isin=DEMAND_STEPS)
    unit_of_measure: Text = column("Unit of the quantities")
    quantity: Number = column("Demand after the step", ge=0)
    change_quantity: Number = column("What the step changed")
    currency: Text = column("Currency of the amounts")
    value_amount: Amount = column("Quantity at the item's net price of the period; not supplied without one", optional=True)
    change_value_amount: Amount = column("Change at the item's net price of the period", optional=True)
    lower_quantity: Number = column("Lower bound of the statistical step", optional=True)
    upper_quantity: Number = column("Upper bound of the statistical step", optional=True)
    author: Text = column("Who changed the item, or its family and thereby the item", optional=True)
    reason: Text = column("Why", optional=True)


class ForecastAccuracy(Table, key=("family_id", "step", "lag_periods")):
    """One row per family, step of the demand plan and lag; family * is the company in money."""

    family_id: Text = column("Family; * is the company, its families weighed with what a unit of them sold for in the last season")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step; demand_review is the consensus", isin=DEMAND_STEPS)
    lag_periods: Count = column(
        "Published: periods between the cycle of the version and the period; backtest: between the last known period and the period", ge=1
    )
    basis: Text = column(
        "published: what versions and nights said; backtest: the express engine at past origins, until three periods were published; "
        "mixed: both, of the company's families",
        isin=("published", "backtest", "mixed"),
    )
    observations: Count = column("Pairs of forecast and actual", ge=0)
    first_period_start: Date = column("Published: first of the periods judged", optional=True)
    last_period_start: Date = column("Published: last of them", optional=True)
    wape_ratio: Ratio = column("Σ|error| ÷ Σ|actual|; not supplied without demand", optional=True, ge=0)
    bias_ratio: Ratio = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Ratio = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    seasonal_naive_wape_ratio: Ratio = column("WAPE of the same period a season before, on the same pairs", optional=True, ge=0)
    value_added_over_seasonal_naive_ratio: Ratio = column("WAPE of the seasonal naive less WAPE; positive is worth having", optional=True)
    value_added_over_step_before_ratio: Ratio = column(
        "WAPE of the step before in the same versions less WAPE; not supplied where it was not published", optional=True
    )


class ItemForecastAccuracy(Table, key=("item_id", "step", "lag_periods")):
    """One row per item, step of the demand plan and lag."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step", isin=DEMAND_STEPS)
    lag_periods: Count = column("Backtest: periods between the last known period and the period", ge=1)
    basis: Text = column("backtest: the express engine at past origins", isin=("published", "backtest"))
    unit_of_measure: Text = column("Unit of the item")
    observations: Count = column("Pairs of forecast and actual", ge=0)
    wape_ratio: Ratio = column("Σ|error| ÷ Σ|actual|; not supplied without demand", optional=True, ge=0)
    bias_ratio: Ratio = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Ratio = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    seasonal_naive_wape_ratio: Ratio = column("WAPE of the same period a season before, on the same pairs", optional=True, ge=0)
    value_added_over_seasonal_naive_ratio: Ratio = column("WAPE of the seasonal naive less WAPE; positive is worth having", optional=True)
    value_added_over_step_before_ratio: Ratio = column("WAPE of the step before less WAPE; not supplied in a backtest", optional=True)


TABLES: dict[str, type[Table]] = {
    "sop.item_demand_plan": ItemDemandPlan,
    "sop.forecast_accuracy": ForecastAccuracy,
    "sop.item_forecast_accuracy": ItemForecastAccuracy,
}
