"""Contracts of what the S&OP lead sends: overrides, earlier approved plans, supply policies, scenarios, decisions.

Plans computed here are not extracts.
"""

import polars as pl

from sop_pipeline.contracts.base import (
    CURRENCY_CODE,
    Count,
    Date,
    Flag,
    Money,
    Number,
    Quantity,
    Ratio,
    Rule,
    Table,
    Text,
    column,
)
from sop_pipeline.contracts.staging.vocabulary import SOURCE_FILE, SOURCE_LINE, exactly_one_of, not_a_percentage, not_above, not_before

SUPPLY_MEASURES = ("production", "subcontract", "purchase", "closing_inventory", "closing_backlog")
OVERRIDE_MEASURES = ("demand", *SUPPLY_MEASURES)
DEMAND_STEPS = ("marketing", "sales", "finance", "demand_review", "executive")
SUPPLY_STEPS = ("supply_review", "executive")
OVERRIDE_STEPS = ("marketing", "sales", "finance", "demand_review", "supply_review", "executive")
SUPPLY_STRATEGIES = ("level", "chase", "hybrid", "least_cost")
SCENARIO_MEASURES = ("demand", "price", "cost", "capacity", "supplier_capacity", "inventory_target")
SCENARIO_FAMILY_MEASURES = ("demand", "price", "cost", "inventory_target")
SCENARIO_RESOURCE_MEASURES = ("cost", "capacity")
DECISION_STATUSES = ("proposed", "decided", "done", "dropped")


class Overrides(
    Table,
    key=("override_id", "item_id", "family_id", "period_start"),
    rules={
        "exactly_one_of_item_and_family": exactly_one_of("item_id", "family_id"),
        "exactly_one_change": exactly_one_of("quantity", "change_quantity", "change_ratio"),
        "step_fits_measure": Rule(
            pl.when(pl.col("measure") == "demand").then(pl.col("step").is_in(DEMAND_STEPS)).otherwise(pl.col("step").is_in(SUPPLY_STEPS)),
            f"Demand is overridden in {', '.join(DEMAND_STEPS)}; supply in {', '.join(SUPPLY_STEPS)}.",
        ),
        "change_ratio_not_a_percentage": not_a_percentage("change_ratio"),
        "expires_on_after_entered_on": Rule(
            pl.col("expires_on") > pl.col("entered_on"),
            "It expired on the day it was entered or before, so it never applies; correct expires_on or leave it empty.",
            "warning",
        ),
    },
):
    """One row per override."""

    override_id: Text = column("Override")
    measure: Text = column("What is overridden", isin=OVERRIDE_MEASURES)
    item_id: Text = column("Item, where it is by item", optional=True)
    family_id: Text = column("Family, where it is by family", optional=True)
    period_start: Date = column("First day of the planning period")
    step: Text = column("Step of the cycle that makes it; steps apply in order and each is measured", isin=OVERRIDE_STEPS)
    quantity: Quantity = column("The new quantity", optional=True, ge=0)
    change_quantity: Quantity = column("Added to the quantity before", optional=True)
    change_ratio: Ratio = column("Change as a share of the quantity before: 0.1 is 10 % more", optional=True, ge=-1)
    reason: Text = column("Why")
    author: Text = column("Who")
    entered_on: Date = column("Day it was entered")
    expires_on: Date = column("Day from which it no longer applies", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ApprovedPlans(Table, key=("cycle_id", "family_id", "period_start")):
    """One row per cycle, family and period of a plan that was approved elsewhere."""

    cycle_id: Text = column("Cycle that approved it")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the planning period")
    approved_on: Date = column("Day of the approval")
    demand_quantity: Quantity = column("Demand planned, in the planning unit", optional=True, ge=0, severity="warning")
    production_quantity: Quantity = column("Production planned, in the planning unit", optional=True, ge=0, severity="warning")
    closing_inventory_quantity: Quantity = column(
        "Inventory planned at the end, in the planning unit", optional=True, ge=0, severity="warning"
    )
    closing_backlog_quantity: Quantity = column("Backlog planned at the end, in the planning unit", optional=True, ge=0, severity="warning")
    revenue: Money = column("Revenue planned", optional=True, currency="currency")
    currency: Text = column("Currency of the revenue, ISO 4217", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class SupplyPolicies(
    Table,
    key=("family_id", "valid_from"),
    rules={"minimum_production_not_above_maximum": not_above("minimum_production", "maximum_production")},
):
    """One row per family and validity date; a row replaces the whole policy."""

    family_id: Text = column("Family")
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    strategy: Text = column(  # type: ignore[assignment] # Pandera has a method of that name, unused here
        "How supply follows demand", isin=SUPPLY_STRATEGIES
    )
    minimum_production: Quantity = column(
        "Least production of a period, in the planning unit; no limit where empty", optional=True, ge=0, severity="warning"
    )
    maximum_production: Quantity = column(
        "Most production of a period, in the planning unit; no limit where empty", optional=True, ge=0, severity="warning"
    )
    subcontract_allowed: Flag = column("Production may be bought from a subcontractor", default="false")
    maximum_backlog_quantity: Quantity = column(
        "Most backlog, in the planning unit; no limit where empty", optional=True, ge=0, severity="warning"
    )
    lost_sales_allowed: Flag = column("A shortage may be lost; otherwise it waits as backorder", default="false")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Scenarios(
    Table,
    key=("scenario_id", "line"),
    rules={
        "exactly_one_of_factor_and_change": exactly_one_of("factor", "change"),
        "period_to_not_before_period_from": not_before("period_to", "period_from"),
        "base_has_no_lines": Rule(
            pl.col("scenario_id") != "base", "base is the plan without changes; give what is changed a scenario_id of its own."
        ),
        "family_fits_measure": Rule(
            pl.col("family_id").is_null() | pl.col("measure").is_in(SCENARIO_FAMILY_MEASURES),
            f"Only {', '.join(SCENARIO_FAMILY_MEASURES)} change by family; leave family_id empty, or correct the measure.",
        ),
        "resource_fits_measure": Rule(
            pl.col("resource_id").is_null() | pl.col("measure").is_in(SCENARIO_RESOURCE_MEASURES),
            f"Only {', '.join(SCENARIO_RESOURCE_MEASURES)} change by resource; leave resource_id empty, or correct the measure.",
        ),
        "family_or_resource": Rule(
            pl.col("family_id").is_null() | pl.col("resource_id").is_null(),
            "A line changes a family or a resource; write a line for each.",
        ),
    },
):
    """One row per scenario and line; the base scenario has none."""

    scenario_id: Text = column("Scenario")
    line: Text = column("Line of the scenario; lines apply in order")
    scenario_name: Text = column("Name of the scenario")
    measure: Text = column("What changes; of demand the forecast, which the same orders in hand consume as in base", isin=SCENARIO_MEASURES)
    family_id: Text = column("Family it changes; all where empty", optional=True)
    resource_id: Text = column("Resource it changes; all where empty", optional=True)
    period_from: Date = column("First day of the first period it changes; from the first where empty", optional=True)
    period_to: Date = column("First day of the last period it changes; to the last where empty", optional=True)
    factor: Ratio = column("Multiplies the measure: 1.1 is 10 % more", optional=True, ge=0)
    change: Number = column("Added to the measure, in its unit", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Decisions(Table, key=("decision_id",)):
    """One row per decision."""

    decision_id: Text = column("Decision")
    family_id: Text = column("Family it concerns; the company where empty", optional=True)
    raised_on: Date = column("Day it was raised")
    text: Text = column("What is to be decided, or was")
    owner: Text = column("Who acts", optional=True)
    due_date: Date = column("Day it is due", optional=True)
    decision_status: Text = column("Where it stands", isin=DECISION_STATUSES)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.overrides": Overrides,
    "staging.approved_plans": ApprovedPlans,
    "staging.supply_policies": SupplyPolicies,
    "staging.scenarios": Scenarios,
    "staging.decisions": Decisions,
}
