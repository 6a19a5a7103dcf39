"""Contracts of what the meeting decides on: money against the business plan, the year, objectives, what is open. Exceptions stay out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS


def _cycle() -> Text:
    return column("Planning cycle: the period that holds the as-of date")


def _gap_part(of: str, formula: str) -> Amount:
    return column(f"Part of the {of} gap: {formula}", optional=True)


class FinancialPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start")):
    """One row per cycle, scenario, plan version, family and period: the plan in money, the business plan beside it, and the gap by cause.

    Gap = plan − business plan. Its parts sum to it; where it cannot be split (no budget for the family, or none for its quantity) it is one
    part, not_budgeted. Beyond the last period of the business plan there is no gap.
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
    revenue_gap_exchange_rate_amount: Amount = _gap_part("revenue", "(price at current rates − price at budget rates) × shipments")
    revenue_gap_not_budgeted_amount: Amount = _gap_part("revenue", "all of it, where the business plan does not let it be split")
    margin_gap_amount: Amount = column("Margin − business plan", optional=True)
    margin_gap_volume_amount: Amount = _gap_part("margin", "(shipments − planned quantity) × planned margin of a unit")
    margin_gap_price_and_mix_amount: Amount = _gap_part("margin", "that of the revenue gap")
    margin_gap_exchange_rate_amount: Amount = _gap_part("margin", "that of the revenue gap")
    margin_gap_cost_amount: Amount = _gap_part("margin", "(planned cost of a unit − its cost) × shipments")
    margin_gap_not_budgeted_amount: Amount = _gap_part("margin", "all of it, where the business plan does not let it be split")
    inventory_value_gap_amount: Amount = column("Inventory value − business plan", optional=True)


TABLES: dict[str, type[Table]] = {"sop.financial_plan": FinancialPlan}
