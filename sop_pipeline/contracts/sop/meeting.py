"""Contracts of what the meeting decides on: money against the business plan, the year, objectives, what is open. Exceptions stay out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS
from sop_pipeline.contracts.staging.finance import OBJECTIVE_MEASURES
from sop_pipeline.contracts.staging.marketing import ASSUMPTION_STATUSES
from sop_pipeline.contracts.staging.planning import DECISION_STATUSES

COMPARED_WITH = ("approved", "last_night")
CHANGED_MEASURES = (
    "consensus_quantity",
    "production_quantity",
    "closing_inventory_quantity",
    "closing_backlog_quantity",
    "revenue_amount",
)
CHANGE_CAUSES = ("statistical_forecast", "people", "not_split", "demand", "production", "opening_position", "closing_position", "other")
TARGET_LEVELS = ("objective", "strategic")
# of the strategic plan; its stock is measured as inventory_value
STRATEGIC_MEASURES = ("revenue_amount", "margin_amount", "shipped_quantity")
OUTLOOK_LEVELS = ("family", "group", "company")
OUTLOOK_MEASURES = (
    "revenue_amount",
    "cost_of_sales_amount",
    "margin_amount",
    "demand_quantity",
    "shipped_quantity",
    "production_quantity",
)


def _cycle() -> Text:
    return column("Planning cycle: the period that holds the as-of date")


def _gap_part(of: str, formula: str) -> Amount:
    return column(f"Part of the {of} gap: {formula}", optional=True)


class FinancialPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start")):
    """One row per cycle, scenario, plan version, family and period: the plan in money, the business plan beside it, and the gap by cause.

    Gap = plan − business plan. Its parts sum to it; where it cannot be split (no budget for the family, or none for its quantity) it is one
    part, not_budgeted. Price and mix are told apart where the business plan has rows by item, in the working plan; items it does not name
    are left out of the prices it has. Beyond the last period of the business plan there is no gap.
    """

    cycle_id: Text = _cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    period_kind: Text = column("history, current or horizon", isin=("history", "current", "horizon"))
    currency: Text = column("Currency of all amounts")
    revenue_amount: Amount = column("Shipments × net price at current rates; history: net amount of shipments", optional=True)
    revenue_budget_rate_amount: Amount = column("Revenue at budget rates", optional=True)
    cost_of_sales_amount: Amount = column("Shipments × standard cost", optional=True)
    margin_amount: Amount = column("Revenue − cost of sales", optional=True)
    margin_ratio: Ratio = column("Margin ÷ revenue", optional=True)
    inventory_value_amount: Amount = column("Closing stock × standard cost", optional=True)
    business_plan_revenue_amount: Amount = column("Revenue of the business plan", optional=True)
    business_plan_cost_of_sales_amount: Amount = column("Cost of sales of the business plan: its revenue − its margin", optional=True)
    business_plan_margin_amount: Amount = column("Margin of the business plan", optional=True)
    business_plan_inventory_value_amount: Amount = column("Stock of the business plan, at the ends of its spans", optional=True)
    revenue_gap_amount: Amount = column("Revenue − business plan", optional=True)
    revenue_gap_volume_amount: Amount = _gap_part("revenue", "(shipments − planned quantity) × planned price")
    revenue_gap_price_and_mix_amount: Amount = _gap_part("revenue", "(price at budget rates − planned price) × shipments")
    revenue_gap_price_amount: Amount = _gap_part(
        "revenue by price and mix", "(price at budget rates − what the planned prices of the items make of it) × shipments"
    )
    revenue_gap_mix_amount: Amount = _gap_part(
        "revenue by price and mix", "(what the planned prices of the items make of a unit in this mix − planned price) × shipments"
    )
    revenue_gap_exchange_rate_amount: Amount = _gap_part("revenue", "(price at current rates − price at budget rates) × shipments")
    revenue_gap_not_budgeted_amount: Amount = _gap_part("revenue", "all of it, where the business plan does not let it be split")
    margin_gap_amount: Amount = column("Margin − business plan", optional=True)
    margin_gap_volume_amount: Amount = _gap_part("margin", "(shipments − planned quantity) × planned margin of a unit")
    margin_gap_price_and_mix_amount: Amount = _gap_part("margin", "that of the revenue gap")
    margin_gap_price_amount: Amount = _gap_part("margin by price and mix", "that of the revenue gap")
    margin_gap_mix_amount: Amount = _gap_part("margin by price and mix", "that of the revenue gap")
    margin_gap_exchange_rate_amount: Amount = _gap_part("margin", "that of the revenue gap")
    margin_gap_cost_amount: Amount = _gap_part("margin", "(planned cost of a unit − its cost) × shipments")
    margin_gap_not_budgeted_amount: Amount = _gap_part("margin", "all of it, where the business plan does not let it be split")
    inventory_value_gap_amount: Amount = column("Inventory value − business plan", optional=True)
    overtime_premium_amount: Amount = column("Overtime that its hours take, less the regular wages of those hours", optional=True)
    subcontract_premium_amount: Amount = column("Subcontracted quantity × (cost of the subcontractor − standard cost)", optional=True)
    hire_premium_amount: Amount = column("Its share of what hires cost, by the wages of its hours", optional=True)
    layoff_premium_amount: Amount = column("Its share of what layoffs cost, likewise", optional=True)
    contribution_after_plan_amount: Amount = column("Planned periods: margin − premiums; a premium not known counts as none", optional=True)


class YearOutlook(Table, key=("cycle_id", "scenario_id", "plan_version", "fiscal_year", "level", "level_id", "measure")):
    """One row per fiscal year, level, what stands on it and measure: what happened, what is planned to come, and what it is held against.

    A year is told when all of its periods are published and the plan reaches into it.
    """

    cycle_id: Text = _cycle()
    scenario_id: Text = column("base: the outlook is of the working plan")
    plan_version: Text = column("working: the outlook is of the plan under review", isin=PLAN_VERSIONS)
    fiscal_year: Count = column("Fiscal year")
    level: Text = column("family, group (product group) or company; the last two hold money only", isin=OUTLOOK_LEVELS)
    level_id: Text = column("Family or product group; * is the company")
    measure: Text = column("What is summed over the year", isin=OUTLOOK_MEASURES)
    unit: Text = column("Currency, or planning unit of the family")
    actual_to_date_value: Number = column("Closed periods, and the current one up to the as-of date", optional=True)
    plan_to_go_value: Number = column("The rest of the current period, and the periods after it", optional=True)
    outlook_value: Number = column("Actual to date + plan to go", optional=True)
    business_plan_value: Number = column("Annual business plan, where it holds for the whole year", optional=True)
    gap_value: Number = column("Outlook − business plan", optional=True)
    last_year_value: Number = column("The fiscal year before: what happened, and of what lies ahead of it the plan", optional=True)
    change_value: Number = column("Outlook − last year", optional=True)
    approved_outlook_value: Number = column(
        "Outlook of the last approved plan: what had closed before it was approved as it was, the rest as approved", optional=True
    )
    not_covered: Text = column("Which columns leave out how many families; empty where none", optional=True)


class PlanChange(Table, key=("cycle_id", "scenario_id", "plan_version", "compared_with", "measure", "family_id", "period_start", "cause")):
    """One row per plan compared with, measure, family, planned period and cause of the change since then; no change, no row.

    Change = new plan − old plan, and the causes sum to it. Position is the stock, made to order the backlog.
    """

    cycle_id: Text = _cycle()
    scenario_id: Text = column("base: changes are of the working plan")
    plan_version: Text = column("working: the plan under review", isin=PLAN_VERSIONS)
    compared_with: Text = column("last_night, or approved: the plan last approved before the as-of date", isin=COMPARED_WITH)
    compared_on: Date = column("As-of date of that night, or the day of approval")
    measure: Text = column("What changed", isin=CHANGED_MEASURES)
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    cause: Text = column(
        "consensus: statistical_forecast, people, or not_split; production: demand, opening_position, closing_position; stock and "
        "backlog: opening_position, production, demand; revenue: demand at the old revenue of a unit; other is the rest",
        isin=CHANGE_CAUSES,
    )
    old_value: Number = column("Value of the whole cell then")
    new_value: Number = column("Value of the whole cell now")
    change_value: Number = column("Part of new − old that this cause explains")
    unit: Text = column("Planning unit, or currency")


class StrategicOutlook(Table, key=("family_id", "period_start", "period_end", "measure")):
    """One row per family, span of the strategic plan that counts, and measure it states: target, what has passed, and the outlook over it.

    Of overlapping spans those of the version approved last count. What is planned by product group is shared out to its families.
    """

    family_id: Text = column("Product family")
    period_start: Date = column("First day of the span")
    period_end: Date = column("Last day of the span")
    measure: Text = column("What is aimed at", isin=(*STRATEGIC_MEASURES, "inventory_value"))
    is_allocated: Flag = column("Shared out from a product group by the revenue of the last season")
    is_over: Flag = column("Every period of the span has closed")
    target_value: Number = column("Target, in the reporting currency or planning units")
    actual_to_date_value: Number = column("Closed periods of the span, and the current one up to the as-of date; no stock", optional=True)
    outlook_value: Number = column("What has passed and what is planned; empty unless published from first to last period", optional=True)


class BusinessObjectives(Table, key=("plan_level", "measure", "family_id", "product_group", "period_start", "period_end")):
    """One row per plan level, measure, family, product group or company, and the span a target is of: actual, plan, target, gap.

    Objectives are by period; targets of the strategic plan by its own spans, mostly years, each beside the outlook over the same span.
    """

    cycle_id: Text = _cycle()
    plan_level: Text = column("objective: of business_objectives; strategic: of the strategic business plan", isin=TARGET_LEVELS)
    measure: Text = column("What is aimed at", isin=(*OBJECTIVE_MEASURES, *STRATEGIC_MEASURES))
    family_id: Text = column("Family it holds for; empty for a product group or the company", optional=True)
    product_group: Text = column("Product group it holds for; empty for a family or the company", optional=True)
    period_start: Date = column("First day of the span: of the period, or of what a row of the strategic plan covers")
    period_end: Date = column("Last day of the span")
    period_kind: Text = column("history, current (the span holds the as-of date) or horizon", isin=("history", "current", "horizon"))
    unit: Text = column("ratio, days, turns, heads, the reporting currency or a planning unit")
    actual_value: Number = column("What is over: as it was; of a strategic span not yet over what has passed of it", optional=True)
    plan_value: Number = column(
        "What is not over: as planned; of a strategic span what has passed and what is planned, empty where the plan ends before it",
        optional=True,
    )
    target_value: Number = column("Target")
    gap_value: Number = column("Actual or plan of the whole span − target", optional=True)
    is_reached: Flag = column("At least the target; at most, for lead time, stock, heads and working capital", optional=True)
    not_covered: Text = column(
        "Product group and company: what of their families has no target or no plan; empty where nothing", optional=True
    )
    owner: Text = column("Who answers for it", optional=True)


class Decisions(Table, key=("decision_id",)):
    """One row per decision: those of the extract, and those it no longer names though they were never closed."""

    decision_id: Text = column("Decision")
    family_id: Text = column("Family it concerns; the company where empty", optional=True)
    raised_on: Date = column("Day it was raised")
    text: Text = column("What is to be decided, or was")
    owner: Text = column("Who acts", optional=True)
    due_date: Date = column("Day it is due", optional=True)
    decision_status: Text = column("Where it stands", isin=DECISION_STATUSES)
    is_closed: Flag = column("Done or dropped: not carried any further")
    is_overdue: Flag = column("Not closed, and due before the as-of date")
    last_sent_on: Date = column("As-of date of the last night whose extract named it; earlier than tonight it is carried")


class Assumptions(Table, key=("assumption_id",)):
    """One row per market assumption: those of the extract, and those it no longer names though they were never closed."""

    assumption_id: Text = column("Assumption")
    family_id: Text = column("Family it concerns; the whole company where empty", optional=True)
    statement: Text = column("What is assumed, in a sentence")
    period_from: Date = column("First day of the first period it holds for")
    period_to: Date = column("First day of the last period it holds for")
    effect_ratio: Ratio = column("Effect on demand: 0.03 is 3 % more", optional=True)
    probability: Ratio = column("How likely it is, 0 to 1", optional=True)
    owner: Text = column("Who watches it", optional=True)
    assumption_status: Text = column("Where it stands", isin=ASSUMPTION_STATUSES)
    is_closed: Flag = column("Broken, expired, or over: not carried any further")
    last_sent_on: Date = column("As-of date of the last night whose extract named it; earlier than tonight it is carried")


TABLES: dict[str, type[Table]] = {
    "sop.financial_plan": FinancialPlan,
    "sop.year_outlook": YearOutlook,
    "sop.plan_change": PlanChange,
    "sop.strategic_outlook": StrategicOutlook,
    "sop.business_objectives": BusinessObjectives,
    "sop.decisions": Decisions,
    "sop.assumptions": Assumptions,
}
