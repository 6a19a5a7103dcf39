"""Contracts of what people intend: submissions, promotions, overrides, approved plans, the business plan. What happened stays out."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Table, Text, column
from sop_pipeline.contracts.staging.finance import PLAN_LEVELS

DEMAND_STEPS = ("statistical", "marketing", "sales", "finance", "demand_review", "executive")
OVERRIDE_MEASURES = ("demand", "production", "subcontract", "purchase", "closing_inventory", "closing_backlog")


class SalesSubmissions(Table, key=("family_id", "item_id", "period_start")):
    """One row per family or item and planned period: the submission that counts, groups summed."""

    family_id: Text = column("Family of the cell")
    item_id: Text = column("Item of the cell; empty for a family total")
    period_start: Date = column("First day of the period")
    submitted_quantity: Number = column("Planning units for a family, item units for an item", ge=0)
    submitted_on: Date = column("Day of the latest submission in it")
    author: Text = column("Who submitted, several joined by a comma")
    reason: Text = column("Reason given", optional=True)
    customer_groups: Count = column("Customer groups summed; 0 for a submission without group", ge=0)
    covered_ratio: Number = column(
        "Share of the cell's demand of the last season that these groups asked for; empty without groups, or where no customer is in one",
        optional=True,
    )


class SalesPlanStatus(Table, key=("family_id",)):
    """One row per family: when sales last submitted for it, who used to, and what of the horizon this cycle's submissions cover."""

    family_id: Text = column("Family; no family has a row where sales_forecasts are not supplied")
    last_submitted_on: Date = column("Day of the last submission for the family or one of its items; empty without any", optional=True)
    covered_periods: Count = column("Planned periods that submissions of this cycle speak of", ge=0)
    silent_authors: Text = column(
        "Who submitted in the last season, and neither they nor anyone in their place in this cycle", optional=True
    )
    silent_customer_groups: Text = column("Customer groups submitted for in the last season and not in this cycle", optional=True)
    is_missing: Flag = column("Nobody submitted in this cycle: neither in the current period nor in the one before")


class PromotionPeriods(Table, key=("promotion_id", "family_id", "item_id", "period_start")):
    """One row per promotion, item or family and period it touches; ideas and cancelled ones left out."""

    promotion_id: Text = column("Promotion")
    family_id: Text = column("Family")
    item_id: Text = column("Item; empty for the whole family")
    period_start: Date = column("First day of the period")
    promotion_status: Text = column("planned or committed", isin=("planned", "committed"))
    day_share_ratio: Number = column("Days of the promotion in the period ÷ days of the period", gt=0, le=1)
    promotion_share_ratio: Number = column("Days of the promotion in the period ÷ days of the promotion", gt=0, le=1)
    uplift_ratio: Number = column("Uplift while it runs, as given", optional=True)
    uplift_quantity: Number = column(
        "Uplift of the whole promotion, as given, in planning units of the family or units of the item", optional=True
    )
    pull_forward_ratio: Number = column("Share of the uplift taken from the following period, as given", optional=True, ge=0)


class Overrides(Table, key=("override_id", "family_id", "item_id", "period_start")):
    """One row per override in force on a planned period."""

    override_id: Text = column("Override")
    measure: Text = column("What it sets", isin=OVERRIDE_MEASURES)
    family_id: Text = column("Family")
    item_id: Text = column("Item; empty for the whole family")
    period_start: Date = column("First day of the period")
    step: Text = column("Step it belongs to", isin=(*DEMAND_STEPS[1:], "supply_review"))
    quantity: Number = column("New value; planning units for a family, item units for an item", optional=True)
    change_quantity: Number = column("Change", optional=True)
    change_ratio: Number = column("Relative change", optional=True)
    reason: Text = column("Reason")
    author: Text = column("Who entered it")
    entered_on: Date = column("Day it was entered")
    is_superseded: Count = column("1 where a later entry on the same cell and step wins", isin=(0, 1))


class ApprovedPlans(Table, key=("family_id", "period_start")):
    """One row per family and period: the plan last approved before the period's first day for history, before the as-of date else."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    cycle_id: Text = column("Cycle that approved it")
    approved_on: Date = column("Day of approval")
    approved_demand_quantity: Number = column("Approved demand", optional=True)
    approved_production_quantity: Number = column("Approved production", optional=True)
    approved_closing_inventory_quantity: Number = column("Approved closing stock", optional=True)
    approved_closing_backlog_quantity: Number = column("Approved closing backlog", optional=True)
    approved_revenue_amount: Number = column("Approved revenue, reporting currency", optional=True)


class BusinessPlanRows(
    Table, key=("plan_level", "business_plan_version", "family_id", "product_group", "item_id", "period_start", "span_end")
):
    """One row per row of the business plan that may count by its approval or its name, in the reporting currency, with its span's end."""

    plan_level: Text = column("Annual budget or strategic plan", isin=PLAN_LEVELS)
    business_plan_version: Text = column("Version")
    approved_on: Date = column("Day it was approved", optional=True)
    family_id: Text = column("Family, where the row is of one", optional=True)
    product_group: Text = column("Product group, where the row is of one", optional=True)
    item_id: Text = column("Item of the family, where the row is of one", optional=True)
    period_start: Date = column("First day of the span")
    span_end: Date = column("First day after the span")
    quantity: Number = column("Quantity of the span, planning units, of an item in its unit", optional=True)
    revenue_amount: Number = column("Revenue of the span, at the budget rate of its first day", optional=True)
    margin_amount: Number = column("Gross margin of the span", optional=True)
    inventory_value_amount: Number = column("Inventory value at its end", optional=True)


class BusinessPlanItemPrices(Table, key=("item_id", "period_start")):
    """One row per item and period that the annual business plan states by item: the price it takes, in the reporting currency."""

    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    business_plan_price_amount: Number = column("Planned revenue ÷ planned quantity, of the item's unit, at budget rates")


class BusinessPlanSpans(Table, key=("plan_level", "business_plan_version", "family_id", "period_start", "span_end")):
    """One row per plan level, version, family and span of the business plan, in the reporting currency."""

    plan_level: Text = column("Annual budget or strategic plan", isin=PLAN_LEVELS, default="annual")
    business_plan_version: Text = column("Version")
    approved_on: Date = column("Day it was approved", optional=True)
    family_id: Text = column("Family")
    period_start: Date = column("First day of the span")
    span_end: Date = column("First day after the span")
    quantity: Number = column("Quantity of the span, planning units", optional=True)
    revenue_amount: Number = column("Revenue of the span, at the budget rate of its first day", optional=True)
    margin_amount: Number = column("Gross margin of the span", optional=True)
    inventory_value_amount: Number = column("Inventory value at its end", optional=True)
    is_allocated: Flag = column("Shared out from a product group by the revenue of the last season")


class BusinessPlan(Table, key=("family_id", "period_start")):
    """One row per family and period of the annual business plan, longer periods spread by working days."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    business_plan_version: Text = column("Version")
    business_plan_quantity: Number = column("Quantity, planning units", optional=True)
    business_plan_revenue_amount: Number = column("Revenue, reporting currency at budget rates", optional=True)
    business_plan_margin_amount: Number = column("Gross margin", optional=True)
    business_plan_inventory_value_amount: Number = column("Inventory value at the end, in the last period a row covers", optional=True)
    is_allocated: Flag = column("Shared out from a product group by the revenue of the last season")


class PublishedPlans(Table, key=("family_id", "period_start")):
    """One row per family and closed period: the plan as last published before the period began, from the record of nights and cycles."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    published_on: Date = column("As-of date of that night")
    statistical_quantity: Number = column("Statistical forecast then", optional=True)
    statistical_lower_quantity: Number = column("Its lower bound", optional=True)
    statistical_upper_quantity: Number = column("Its upper bound", optional=True)
    consensus_quantity: Number = column("Consensus demand then", optional=True)
    target_inventory_quantity: Number = column("Target stock then", optional=True)
    minimum_inventory_quantity: Number = column("Least stock then", optional=True)
    maximum_inventory_quantity: Number = column("Most stock then", optional=True)
    target_backlog_quantity: Number = column("Target backlog then", optional=True)


class PublishedDemand(Table, key=("family_id", "period_start", "lag_periods", "step")):
    """One row per family, closed period of the last season, lag and step: what the version of that many cycles before said of it."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("Its number; -1 is the last closed period", lt=0)
    lag_periods: Count = column("Periods between the cycle of the version and the period", ge=1, le=6)
    step: Text = column("Step; of a plan approved elsewhere only the last one", isin=DEMAND_STEPS)
    quantity: Number = column("Demand after the step, planning units", ge=0)
    author: Text = column("Who changed it in this step", optional=True)
    record_kind: Text = column("approved, else frozen, else the cycle's last night", isin=("approved", "frozen", "night"))
    recorded_on: Date = column("Day it was approved, frozen or recorded; before the period began")


class PublishedItemDemand(Table, key=("item_id", "period_start", "lag_periods", "step")):
    """One row per item, closed period of the last season, lag and step: what the version of that many cycles before said of it."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    periods_from_now: Count = column("Its number; -1 is the last closed period", lt=0)
    lag_periods: Count = column("Periods between the cycle of the version and the period", ge=1, le=3)
    step: Text = column("statistical, demand_review or executive", isin=DEMAND_STEPS)
    quantity: Number = column("Demand after the step, in the item's unit", ge=0)
    record_kind: Text = column("approved, else frozen, else the cycle's last night", isin=("approved", "frozen", "night"))
    recorded_on: Date = column("Day it was approved, frozen or recorded; before the period began")


class PastSubmissions(Table, key=("author", "family_id", "item_id", "customer_group", "period_start", "lag_periods")):
    """One row per author, submitted cell, closed period of the last season and lag: what the author last said then, and what came."""

    author: Text = column("Who submitted")
    family_id: Text = column("Family of the cell")
    item_id: Text = column("Item of the cell; empty for the family")
    customer_group: Text = column("Customer group of the cell; empty for all customers")
    period_start: Date = column("First day of the period")
    lag_periods: Count = column("Periods between the one in which the author spoke at the latest and the period", ge=1, le=6)
    submitted_on: Date = column("Day of the submission")
    submitted_quantity: Number = column("Submitted, planning units", ge=0)
    actual_quantity: Number = column("Demand of the cell in the period, planning units")
    previous_year_quantity: Number = column("Demand of the cell a season before; empty where orders do not reach back", optional=True)


TABLES: dict[str, type[Table]] = {
    "core.published_item_demand": PublishedItemDemand,
    "core.past_submissions": PastSubmissions,
    "core.published_demand": PublishedDemand,
    "core.published_plans": PublishedPlans,
    "core.sales_submissions": SalesSubmissions,
    "core.sales_plan_status": SalesPlanStatus,
    "core.promotion_periods": PromotionPeriods,
    "core.overrides": Overrides,
    "core.approved_plans": ApprovedPlans,
    "core.business_plan_rows": BusinessPlanRows,
    "core.business_plan_item_prices": BusinessPlanItemPrices,
    "core.business_plan_spans": BusinessPlanSpans,
    "core.business_plan": BusinessPlan,
}
