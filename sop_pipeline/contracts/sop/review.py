"""Contracts of the review sheet: the balance in whole units, and the grid made of it. The unrounded plan stays in balance."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS

COLUMN_KINDS = ("history", "to_date", "remainder", "current", "horizon")
LEVELS = ("family", "product_group", "company")
SECTIONS = ("calendar", "demand", "supply", "inventory", "backlog", "resources", "money", "performance", "notes")
NOTE_KINDS = ("launch", "phase_out", "engineering_change", "promotion", "assumption", "risk", "decision")
COMPANY = "*"  # level_id of the company

_COLUMN_KIND = "history, the current period as to_date, remainder and both together as current, horizon"
_COLUMN_ORDER = "Place of the column on the sheet: 1 to 12 history, 13 to_date, 14 remainder, 15 current, then the horizon"


class RoundedBalance(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start", "column_kind")):
    """One row per family and column of the review sheet: the working balance in whole planning units."""

    cycle_id: Text = column("Planning cycle: the period that holds the as-of date")
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working: the sheet is of the plan under review", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    column_kind: Text = column(_COLUMN_KIND, isin=COLUMN_KINDS)
    column_order: Count = column(_COLUMN_ORDER, ge=1)
    working_days: Number = column("Working days of the column", optional=True)
    approved_demand_quantity: Number = column("Sales plan, old: approved before", optional=True)
    consensus_quantity: Number = column("Sales plan, new: consensus", optional=True)
    business_plan_quantity: Number = column("Annual business plan", optional=True)
    demand_quantity: Number = column("Demand; bookings of make-to-order and assemble-to-order families")
    booked_quantity: Number = column("Orders by order day; not planned for make-to-stock", optional=True)
    shipped_quantity: Number = column("Shipments")
    approved_production_quantity: Number = column("Production plan, old: approved before", optional=True)
    production_quantity: Number = column("Good production")
    subcontract_quantity: Number = column("Received from subcontractors")
    purchase_quantity: Number = column("Received from suppliers")
    issued_quantity: Number = column("Taken by the production of other families")
    other_movement_quantity: Number = column("Adjustments, scrap, samples, returns, signed")
    unexplained_quantity: Number = column("Counted stock less what the flows say", optional=True)
    opening_inventory_quantity: Number = column("Stock at the start", optional=True)
    closing_inventory_quantity: Number = column("Stock at the end, rolled forward from the rounded flows", optional=True)
    opening_backlog_quantity: Number = column("Made to order: open orders at the start", optional=True)
    closing_backlog_quantity: Number = column("Made to order: open orders at the end, rolled forward likewise", optional=True)
    opening_shortage_quantity: Number = column("Make-to-stock, planned: demand due and not delivered at the start", optional=True)
    closing_shortage_quantity: Number = column("Make-to-stock, planned: demand due and not delivered at the end", optional=True)
    lost_sales_quantity: Number = column("Planned demand that does not wait", optional=True)


class ReviewResources(Table, key=("cycle_id", "scenario_id", "plan_version", "resource_id", "period_start")):
    """One row per resource and planned period: load and heads of the working plan in whole planning units."""

    cycle_id: Text = column("Planning cycle: the period that holds the as-of date")
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working: the sheet is of the plan under review", isin=PLAN_VERSIONS)
    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the period; the current one stands for its remainder")
    column_kind: Text = column("remainder or horizon", isin=("remainder", "horizon"))
    column_order: Count = column(_COLUMN_ORDER, ge=1)
    is_critical: Flag = column("Counts for the status of the families that use it")
    capacity_unit: Text = column("Unit of the capacities")
    required_capacity: Number = column("What the rounded plan takes", ge=0)
    regular_capacity: Number = column("Rated regular capacity; empty where that of a storable resource is not known", optional=True, ge=0)
    load_ratio: Ratio = column("Required ÷ regular; empty without capacity", optional=True, ge=0)
    required_heads: Number = column("Labour with workforce: heads the hours take", optional=True, ge=0)
    planned_heads: Number = column("Labour with workforce: heads planned", optional=True, ge=0)
    productivity_ratio: Ratio = column("Labour with workforce: hours the plan takes ÷ hours paid, overtime included", optional=True, ge=0)


class ReviewNotes(Table, key=("level", "level_id", "line")):
    """One row per note of the review sheet: product changes, assumptions, risks and decisions of a family, or of the company."""

    level: Text = column("family, or company for what concerns all", isin=LEVELS)
    level_id: Text = column("Family; * is the company")
    line: Count = column("Line of the note on its sheet, from 1", ge=1)
    note_kind: Text = column("What the note is about", isin=NOTE_KINDS)
    note_id: Text = column("Item, change, promotion, assumption or decision")
    period_start: Date = column("Period the note stands in; what began earlier stands in the current one")
    note_date: Date = column("Day it takes effect; the as-of date for decisions")
    effect_ratio: Ratio = column("Effect on demand, where one is stated", optional=True)
    note: Text = column("The note as a sentence")


class FamilyReview(
    Table, key=("cycle_id", "scenario_id", "plan_version", "level", "level_id", "grid_row", "line", "period_start", "column_kind")
):
    """One row per family, product group or company, grid row, line and column of the review sheet; what is not known has no row."""

    cycle_id: Text = column("Planning cycle: the period that holds the as-of date")
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working: the sheet is of the plan under review", isin=PLAN_VERSIONS)
    level: Text = column("family, product_group or company; the last two hold money, hours and heads only", isin=LEVELS)
    level_id: Text = column("Family or product group; * is the company")
    grid_row: Count = column("Row of the grid, 0 working days to 21 product changes, assumptions, risks, decisions", ge=0, le=21)
    line: Count = column("Line within the row, from 1; resources take ten lines each from 11 on", ge=1)
    period_start: Date = column("First day of the period")
    column_kind: Text = column(_COLUMN_KIND, isin=COLUMN_KINDS)
    column_order: Count = column(_COLUMN_ORDER, ge=1)
    section: Text = column("Part of the sheet", isin=SECTIONS)
    measure: Text = column("What the line holds")
    resource_id: Text = column("Resource the line is about", optional=True)
    value: Number = column("Value; flows and stocks of planned columns in whole planning units", optional=True)
    text: Text = column("Words: a note, or what the value does not cover", optional=True)
    unit: Text = column("Planning unit, currency, capacity unit, days, heads, ratio or text")


TABLES: dict[str, type[Table]] = {
    "sop.rounded_balance": RoundedBalance,
    "sop.review_resources": ReviewResources,
    "sop.review_notes": ReviewNotes,
    "sop.family_review": FamilyReview,
}
