"""Contracts of the record of nights, as raw shows it. What the plan makes of it stays in core."""

from sop_pipeline.contracts.base import Count, Date, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS

JUDGED_STEPS = ("statistical", "demand_review", "executive")  # of items: every step of every item of every night would be too much to read


class RecordedPlans(Table, key=("cycle_id", "as_of_date", "record_kind", "family_id", "period_start")):
    """One row per recorded night or version, family and planned period."""

    cycle_id: Text = column("Cycle")
    as_of_date: Date = column("As-of date of the night")
    record_kind: Text = column("night, frozen or approved", isin=("night", "frozen", "approved"))
    recorded_on: Date = column("Day it was recorded, frozen or approved")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    statistical_quantity: Number = column("Statistical forecast", optional=True)
    statistical_lower_quantity: Number = column("Its lower bound", optional=True)
    statistical_upper_quantity: Number = column("Its upper bound", optional=True)
    consensus_quantity: Number = column("Consensus demand", optional=True)
    demand_quantity: Number = column("Demand the supply was planned for", optional=True)
    production_quantity: Number = column("Production", optional=True)
    closing_inventory_quantity: Number = column("Closing stock", optional=True)
    closing_backlog_quantity: Number = column("Closing backlog", optional=True)
    target_inventory_quantity: Number = column("Target stock", optional=True)
    minimum_inventory_quantity: Number = column("Least stock", optional=True)
    maximum_inventory_quantity: Number = column("Most stock", optional=True)
    target_backlog_quantity: Number = column("Target backlog", optional=True)
    revenue_amount: Number = column("Revenue", optional=True)


class RecordedDemand(Table, key=("cycle_id", "as_of_date", "record_kind", "family_id", "period_start", "step")):
    """One row per recorded night or version, family, planned period and step of the demand plan."""

    cycle_id: Text = column("Cycle")
    as_of_date: Date = column("As-of date of the night")
    record_kind: Text = column("night, frozen or approved", isin=("night", "frozen", "approved"))
    recorded_on: Date = column("Day it was recorded, frozen or approved")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    step: Text = column("Step", isin=DEMAND_STEPS)
    quantity: Number = column("Demand after the step", optional=True)
    change_quantity: Number = column("What the step changed", optional=True)
    author: Text = column("Who changed it", optional=True)


class RecordedItemDemand(Table, key=("cycle_id", "as_of_date", "record_kind", "item_id", "period_start", "step")):
    """One row per recorded night or version, item, one of its first planned periods and step that items are judged by."""

    cycle_id: Text = column("Cycle")
    as_of_date: Date = column("As-of date of the night")
    record_kind: Text = column("night, frozen or approved", isin=("night", "frozen", "approved"))
    recorded_on: Date = column("Day it was recorded, frozen or approved")
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    step: Text = column("Step", isin=JUDGED_STEPS)
    quantity: Number = column("Demand after the step, in the item's unit", optional=True)


class RecordedIssues(Table, key=("as_of_date", "issue_key")):
    """One row per recorded night and quality issue it saw."""

    as_of_date: Date = column("As-of date of the night")
    issue_key: Text = column("Digest that names the issue from night to night")
    extract: Text = column("Extract")
    source_file: Text = column("File", optional=True)
    source_line: Count = column("Line", optional=True)
    source_cell: Text = column("Cell of the workbook, such as Overrides!H6, or its row; empty for a file of another kind", optional=True)
    column_name: Text = column("Column", optional=True)
    value: Text = column("Value as received", optional=True)
    rule: Text = column("Rule")
    severity: Text = column("Severity")
    hint: Text = column("What to do", optional=True)
    quantity: Number = column("Quantity of the row", optional=True)
    value_amount: Number = column("Money of the row", optional=True)
    currency: Text = column("Its currency", optional=True)


class RecordedExceptions(Table, key=("as_of_date", "exception_id")):
    """One row per recorded night and exception it told."""

    as_of_date: Date = column("As-of date of the night")
    exception_id: Text = column("Exception")
    kind: Text = column("Kind")
    family_id: Text = column("Family", optional=True)
    resource_id: Text = column("Resource", optional=True)
    subject_id: Text = column("What else it is about", optional=True)
    period_start: Date = column("First day of its first period", optional=True)
    last_period_start: Date = column("First day of its last period", optional=True)
    periods: Count = column("Number of periods", optional=True)
    sentence: Text = column("What was wrong")
    money_at_stake_amount: Number = column("Money at stake", optional=True)
    owner: Text = column("Who acts", optional=True)
    since: Date = column("As-of date of the first night of the unbroken run that saw it")


class RecordedOrders(Table, key=("as_of_date", "item_id", "supplier_id", "period_start")):
    """One row per item, supplier and period of which the last recorded night planned an order; without supplier all orders of the item."""

    as_of_date: Date = column("As-of date of the night")
    item_id: Text = column("Item")
    supplier_id: Text = column("Supplier; empty for the item as a whole")
    period_start: Date = column("First day of the period it arrives in")
    planned_order_quantity: Number = column("Planned order, in the item's unit", gt=0)


class RecordedPurchaseOrders(Table, key=("as_of_date", "purchase_order_id", "purchase_order_line")):
    """One row per recorded night and purchase order line that was open: what a receipt no longer tells of its order."""

    as_of_date: Date = column("As-of date of the night")
    purchase_order_id: Text = column("Purchase order")
    purchase_order_line: Text = column("Line")
    supplier_id: Text = column("Supplier")
    item_id: Text = column("Item")
    order_date: Date = column("Day it was ordered")


class RecordedDecisions(Table, key=("as_of_date", "decision_id")):
    """One row per recorded night and decision that was not closed."""

    as_of_date: Date = column("As-of date of the night")
    decision_id: Text = column("Decision")
    family_id: Text = column("Family; the company where empty", optional=True)
    raised_on: Date = column("Day it was raised")
    text: Text = column("What is to be decided, or was")
    owner: Text = column("Who acts", optional=True)
    due_date: Date = column("Day it is due", optional=True)
    decision_status: Text = column("Where it stood")
    last_sent_on: Date = column("As-of date of the last night whose extract named it")


class RecordedAssumptions(Table, key=("as_of_date", "assumption_id")):
    """One row per recorded night and market assumption that was not closed."""

    as_of_date: Date = column("As-of date of the night")
    assumption_id: Text = column("Assumption")
    family_id: Text = column("Family; the company where empty", optional=True)
    statement: Text = column("What is assumed")
    period_from: Date = column("First day of the first period it holds for")
    period_to: Date = column("First day of the last period it holds for")
    effect_ratio: Ratio = column("Effect on demand", optional=True)
    probability: Ratio = column("How likely it is", optional=True)
    owner: Text = column("Who watches it", optional=True)
    assumption_status: Text = column("Where it stood")
    last_sent_on: Date = column("As-of date of the last night whose extract named it")


TABLES: dict[str, type[Table]] = {
    "raw.recorded_plans": RecordedPlans,
    "raw.recorded_demand": RecordedDemand,
    "raw.recorded_item_demand": RecordedItemDemand,
    "raw.recorded_issues": RecordedIssues,
    "raw.recorded_exceptions": RecordedExceptions,
    "raw.recorded_orders": RecordedOrders,
    "raw.recorded_purchase_orders": RecordedPurchaseOrders,
    "raw.recorded_decisions": RecordedDecisions,
    "raw.recorded_assumptions": RecordedAssumptions,
}
