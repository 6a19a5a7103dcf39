"""Contracts of the demand side of schema sop: the items' demand plan and what changed it, accuracy, the range. The balance stays out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.core.events import EVENT_KINDS
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS

STOCK_CLASSES = ("past_shelf_life", "after_phase_out", "no_demand", "above_maximum", "healthy")
CHANGE_KINDS = ("launch", "phase_out", "engineering_change", "promotion")


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


class DemandEvents(Table, key=("scenario_id", "family_id", "period_start", "event_order")):
    """One row per event and family and planned period whose demand it changes in the marketing step of the working plan."""

    scenario_id: Text = column("Scenario; base unless said")
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    event_order: Count = column("Place among the events of the cell, from 1", ge=1)
    event_kind: Text = column(
        "phase_out, launch, promotion, pull_forward, price_change, market_assumption, or floor: what 0 holds back of the others",
        isin=EVENT_KINDS,
    )
    event_id: Text = column("Promotion, assumption, phased-out, launched or repriced item; empty for the floor")
    item_id: Text = column("Item the event acts on; empty for the whole family")
    planning_unit: Text = column("Unit of the quantities")
    quantity_before: Number = column("Demand of the family before the event")
    change_quantity: Number = column("What the event adds or takes; of an item in planning units of the family")
    quantity_after: Number = column("Demand of the family after the event")
    reason: Text = column("Which event, and where its size comes from")


class HistoryCorrections(Table, key=("item_id", "period_start", "kind")):
    """One row per item, closed period and correction of its demand before the fit, or flag that left it as it was."""

    item_id: Text = column("Item")
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    kind: Text = column("What was done, such as stock_out, promotion, predecessor, one_off_order (a flag)")
    unit_of_measure: Text = column("Unit of the quantities")
    quantity_before: Number = column("As recorded", optional=True)
    quantity_after: Number = column("As the forecast saw it", optional=True)
    change_quantity: Number = column("After less before; what was not recorded counts as 0", optional=True)
    reason: Text = column("Why")


class SegmentForecast(Table, key=("family_id", "dimension", "segment", "period_start")):
    """One row per family, dimension (region, channel), segment of it and planned period: its share of the statistical forecast."""

    family_id: Text = column("Product family; the segments of a dimension sum to it")
    dimension: Text = column("region or channel, where customers state one", isin=("region", "channel"))
    segment: Text = column("Region or channel; 'not given' where the customer states none")
    period_start: Date = column("First day of the period")
    planning_unit: Text = column("Unit of the quantities")
    statistical_quantity: Number = column("Most likely demand", ge=0)
    statistical_lower_quantity: Number = column("The family's lower bound, in the same share", ge=0)
    statistical_upper_quantity: Number = column("The family's upper bound, in the same share", ge=0)


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


class AuthorAccuracy(Table, key=("author", "family_id", "step", "lag_periods", "basis")):
    """One row per author, family, step of the demand plan, lag and basis."""

    author: Text = column("Who submitted or changed; several of one cell joined by a comma")
    family_id: Text = column("Family")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step in which the author spoke", isin=DEMAND_STEPS)
    lag_periods: Count = column("Periods between the period in which the author spoke and the one spoken of", ge=1)
    basis: Text = column(
        "submitted: the author's cells of sales_forecasts, customer group by group where so submitted; "
        "published: the whole family's cells that the author changed in versions of earlier cycles",
        isin=("submitted", "published"),
    )
    observations: Count = column("Pairs of forecast and actual", ge=1)
    wape_ratio: Ratio = column("Σ|error| ÷ Σ|actual|; not supplied without demand", optional=True, ge=0)
    bias_ratio: Ratio = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    seasonal_naive_wape_ratio: Ratio = column("WAPE of the same period a season before, on the same pairs", optional=True, ge=0)
    value_added_over_seasonal_naive_ratio: Ratio = column("WAPE of the seasonal naive less WAPE; positive is worth having", optional=True)
    value_added_over_step_before_ratio: Ratio = column("Published: WAPE of the step before less WAPE", optional=True)


class ItemForecastAccuracy(Table, key=("item_id", "step", "lag_periods")):
    """One row per item, step of the demand plan and lag."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step", isin=DEMAND_STEPS)
    lag_periods: Count = column(
        "Published: periods between the cycle of the version and the period; backtest: between the last known period and the period", ge=1
    )
    basis: Text = column(
        "published: what versions and nights said; backtest: the express engine at past origins, until three periods were published",
        isin=("published", "backtest"),
    )
    unit_of_measure: Text = column("Unit of the item")
    observations: Count = column("Pairs of forecast and actual", ge=0)
    wape_ratio: Ratio = column("Σ|error| ÷ Σ|actual|; not supplied without demand", optional=True, ge=0)
    bias_ratio: Ratio = column("Σ error ÷ Σ actual; positive is over-forecast", optional=True)
    mase_ratio: Ratio = column("Mean absolute error ÷ in-sample mean absolute error of the seasonal naive", optional=True, ge=0)
    tracking_signal: Number = column("Σ error ÷ mean absolute error", optional=True)
    seasonal_naive_wape_ratio: Ratio = column("WAPE of the same period a season before, on the same pairs", optional=True, ge=0)
    value_added_over_seasonal_naive_ratio: Ratio = column("WAPE of the seasonal naive less WAPE; positive is worth having", optional=True)
    value_added_over_step_before_ratio: Ratio = column(
        "WAPE of the step before (of statistical, demand_review, executive) less WAPE; not supplied in a backtest", optional=True
    )


class ProductChanges(Table, key=("change_kind", "change_id", "item_id")):
    """One row per launch, phase-out, engineering change or promotion of the last season and the horizon."""

    change_kind: Text = column("launch, phase_out, engineering_change or promotion", isin=CHANGE_KINDS)
    change_id: Text = column("Number of the engineering change or promotion; the item of a launch or phase-out")
    family_id: Text = column("Family of the item; empty for an item no family plans", optional=True)
    item_id: Text = column("Item; empty for a promotion of the whole family")
    change_date: Date = column("Launch, last day on sale, day it takes effect, first day of the promotion")
    end_date: Date = column("Last day of the promotion", optional=True)
    status: Text = column("planned, launched or done by its date; else as the extract says")
    effect: Text = column("What is expected of it, as it was given", optional=True)
    effect_quantity: Number = column(
        "Launch: demand planned for the item over the horizon; promotion: what it adds there in all; phase-out without a successor: "
        "what it takes away; planning units",
        optional=True,
    )
    coming_item_id: Text = column("Item that comes: launched, successor, new item", optional=True)
    going_item_id: Text = column("Item that goes: off sale, old item", optional=True)
    has_bill_of_material: Flag = column("Of a made item that comes, on its day; not judged without the extract", optional=True)
    has_routing: Flag = column("Of a made item that comes: routing or bill of resources, on its day", optional=True)
    has_cost: Flag = column("Standard cost of the item that comes, on its day", optional=True)
    has_price: Flag = column("Net price of the item that comes, on its day; not judged for what no family sells", optional=True)
    has_stock: Flag = column("Stock of the item that comes, once its day has come", optional=True)
    has_supplier: Flag = column("Supplier of a bought item that comes, on its day", optional=True)
    is_ready: Flag = column("Nothing that the item that comes needs is missing; empty where no item comes", optional=True)
    missing: Text = column("What is missing, joined by a comma", optional=True)
    stock_to_use_up_quantity: Number = column("Latest stock of the item that goes, in its unit; empty without stock of it", optional=True)
    demand_until_quantity: Number = column("Demand still planned for it up to the period of its day, in its unit", optional=True, ge=0)
    stock_left_quantity: Number = column("Stock that this demand does not use up", optional=True, ge=0)
    currency: Text = column("Currency of the amount")
    stock_left_amount: Amount = column("Stock left at standard cost; not supplied without one", optional=True)


class InventoryHealth(Table, key=("item_id", "site_id")):
    """One row per item and site with stock on the latest snapshot before the as-of date."""

    item_id: Text = column("Item")
    site_id: Text = column("Site; empty where the snapshot names none")
    family_id: Text = column("Family; empty for an item no family plans", optional=True)
    snapshot_date: Date = column("Day whose close it is")
    unit_of_measure: Text = column("Unit of the quantities")
    quantity: Number = column("Stock that counts")
    currency: Text = column("Currency of the amounts")
    value_amount: Amount = column("Stock at standard cost; not supplied without one", optional=True)
    stock_class: Text = column("The first that holds", isin=STOCK_CLASSES)
    abc_class: Text = column("What the item earns", optional=True)
    xyz_class: Text = column("How well it is foreseen", optional=True)
    days_of_supply: Number = column(
        "Working days for which the item's stock on all sites covers what customers and production take; empty where no plan uses it up",
        optional=True,
        ge=0,
    )
    above_maximum_quantity: Number = column("The site's share of the stock above the maximum days of its policy", optional=True)
    above_maximum_amount: Amount = column("The same at standard cost", optional=True)
    last_used_on: Date = column("Last day it was asked for, shipped, issued or built in; empty where it never was", optional=True)
    has_no_demand: Flag = column("Nothing of that in the last season")
    is_after_phase_out: Flag = column("Its last day on sale has passed")
    past_shelf_life_quantity: Number = column(
        "The site's share of the stock that must have come in before the shelf life began, first in, first out; empty without shelf life",
        optional=True,
    )


TABLES: dict[str, type[Table]] = {
    "sop.item_demand_plan": ItemDemandPlan,
    "sop.demand_events": DemandEvents,
    "sop.history_corrections": HistoryCorrections,
    "sop.segment_forecast": SegmentForecast,
    "sop.forecast_accuracy": ForecastAccuracy,
    "sop.author_accuracy": AuthorAccuracy,
    "sop.item_forecast_accuracy": ItemForecastAccuracy,
    "sop.product_changes": ProductChanges,
    "sop.inventory_health": InventoryHealth,
}
