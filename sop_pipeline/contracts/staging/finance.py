"""Contracts of the finance extracts: costs, prices, the business plan, exchange rates, the calendar, objectives.

Quantities sold are sales'.
"""

import polars as pl

from sop_pipeline.contracts.base import (
    CURRENCY_CODE,
    Count,
    Date,
    Money,
    Number,
    Quantity,
    Ratio,
    Rule,
    Table,
    Text,
    column,
)
from sop_pipeline.contracts.staging.vocabulary import (
    A_CENTURY_DAYS,
    SOURCE_FILE,
    SOURCE_LINE,
    at_least_one_of,
    exactly_one_of,
    not_before,
)

PLAN_LEVELS = ("annual", "strategic")
RATE_TYPES = ("budget", "actual")
COST_SCOPES = ("company", "family", "resource")
COST_TYPES = (
    "inventory_carrying_rate_per_year",
    "holding_cost_per_unit_period",
    "backorder_cost_per_unit_period",
    "lost_sale_cost_per_unit",
    "hire_cost_per_head",
    "layoff_cost_per_head",
    "regular_wage_per_hour",
    "overtime_wage_per_hour",
    "subcontract_cost_per_unit",
    "purchase_cost_per_unit",
    "production_cost_per_unit",
    "days_sales_outstanding",
    "days_payables_outstanding",
    "minimum_cash",
    "opening_cash",
    "fixed_cost_per_period",
)
OBJECTIVE_MEASURES = (
    "gross_margin_ratio",
    "labour_productivity_ratio",
    "customer_lead_time_days",
    "on_time_in_full_ratio",
    "inventory_turns",
    "inventory_value",
    "headcount",
    "working_capital",
)
CONTROL_MEASURES = ("revenue", "shipped_quantity", "inventory_value", "inventory_quantity", "production_quantity")

# Parts and total are each rounded by the sender: cents of a small cost, whole units of a currency without cents.
COST_ROUNDING_AMOUNT = 0.02
COST_ROUNDING_RATIO = 0.001


def _cost_parts_gap() -> pl.Expr:
    parts = pl.col("material_cost") + pl.col("labour_cost") + pl.col("overhead_cost")
    return (parts - pl.col("total_cost")).cast(pl.Float64).abs()


class StandardCosts(
    Table,
    key=("item_id", "valid_from"),
    rules={
        "total_cost_equals_its_parts": Rule(
            _cost_parts_gap() <= COST_ROUNDING_AMOUNT + COST_ROUNDING_RATIO * pl.col("total_cost").cast(pl.Float64),
            "total_cost must be material_cost + labour_cost + overhead_cost where all three are given; correct one of the four.",
        ),
    },
):
    """One row per item and validity date."""

    item_id: Text = column("Item")
    valid_from: Date = column("First day it holds")
    material_cost: Money = column("Material part, for per_quantity units", optional=True, currency="currency", ge=0, severity="warning")
    labour_cost: Money = column("Labour part, for per_quantity units", optional=True, currency="currency", ge=0, severity="warning")
    overhead_cost: Money = column("Overhead part, for per_quantity units", optional=True, currency="currency", ge=0, severity="warning")
    total_cost: Money = column("Standard cost of per_quantity units; the sum of the parts where all are given", gt=0, currency="currency")
    currency: Text = column("Currency of the costs, ISO 4217", matches=CURRENCY_CODE)
    per_quantity: Quantity = column("The costs are for so many units", gt=0, default="1")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class Prices(Table, key=("item_id", "valid_from")):
    """One row per item and validity date: the net selling price."""

    item_id: Text = column("Item")
    valid_from: Date = column("First day it holds")
    net_price: Money = column("Net selling price of per_quantity units", ge=0, currency="currency")
    currency: Text = column("Currency of the price, ISO 4217", matches=CURRENCY_CODE)
    per_quantity: Quantity = column("The price is for so many units", gt=0, default="1")
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class BusinessPlan(
    Table,
    key=("version", "plan_level", "family_id", "product_group", "item_id", "period_start"),
    rules={
        "exactly_one_of_family_and_product_group": exactly_one_of("family_id", "product_group"),
        "quantity_or_revenue": at_least_one_of("quantity", "revenue"),
    },
):
    """One row per version, level, family or product group, item and period."""

    version: Text = column("Version of the business plan")
    plan_level: Text = column("Annual budget or strategic plan", isin=PLAN_LEVELS, default="annual")
    family_id: Text = column("Family, where the plan is by family", optional=True)
    product_group: Text = column("Product group, where the plan is by group", optional=True)
    item_id: Text = column("Item, where the plan is that fine", optional=True)
    period_start: Date = column("First day of the first planning period it covers")
    period_months: Count = column("Length in periods of a month; longer ones are spread by working days", isin=(1, 3, 12), default="1")
    quantity: Quantity = column("Quantity planned: the family's planning unit, or the item's unit", optional=True)
    revenue: Money = column("Net revenue planned", optional=True, currency="currency")
    gross_margin: Money = column("Gross margin planned, as an amount", optional=True, currency="currency")
    inventory_value: Money = column("Inventory planned at the end, as an amount", optional=True, currency="currency")
    currency: Text = column("Currency of the amounts, ISO 4217", matches=CURRENCY_CODE)
    approved_on: Date = column("Day it was approved; the latest counts", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ExchangeRates(Table, key=("from_currency", "to_currency", "rate_type", "valid_from")):
    """One row per pair of currencies, rate type and validity date."""

    from_currency: Text = column("Currency converted from, ISO 4217", matches=CURRENCY_CODE)
    to_currency: Text = column("Currency converted to, ISO 4217", matches=CURRENCY_CODE)
    rate_type: Text = column("Budget rate or actual rate", isin=RATE_TYPES)
    valid_from: Date = column("First day it holds")
    rate: Ratio = column("Amount in to_currency = amount in from_currency × rate", gt=0)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class FiscalCalendar(
    Table,
    key=("period_start",),
    rules={
        "period_end_not_before_period_start": not_before("period_end", "period_start"),
        "period_label_is_a_folder_name": Rule(
            pl.col("period_label").str.contains(r"^[A-Za-z0-9]([A-Za-z0-9 ._-]*[A-Za-z0-9_-])?$"),
            "The label names a folder: use letters, digits, space, dot, dash and underscore, such as FY2026-P03.",
        ),
    },
):
    """One row per planning period."""

    period_start: Date = column("First day of the period")
    period_end: Date = column("Last day of the period; the next one starts the day after")
    period_label: Text = column("Name of the period, unique and usable as a folder name")
    fiscal_year: Count = column("Fiscal year the period belongs to, such as 2026")
    fiscal_quarter: Count = column("Fiscal quarter, 1 to 4", ge=1, le=4)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class PlanningCosts(
    Table,
    key=("scope", "scope_id", "cost_type", "valid_from"),
    rules={
        "scope_id_given_below_company": Rule(
            (pl.col("scope") == "company") | pl.col("scope_id").is_not_null(),
            "Name the family or the resource in scope_id; only the scope company has none.",
        ),
        "days_plausible": Rule(
            ~pl.col("cost_type").is_in(["days_sales_outstanding", "days_payables_outstanding"]) | (pl.col("value") <= A_CENTURY_DAYS),
            "Nobody is paid after a century; correct the number of days.",
        ),
        "value_not_negative": Rule(
            pl.col("cost_type").is_in(["opening_cash", "minimum_cash"]) | (pl.col("value") >= 0),
            "Only cash may be below zero; correct the value, or leave the row out and let the cost be derived.",
        ),
    },
):
    """One row per scope, cost type and validity date."""

    scope: Text = column("What the cost holds for; the narrowest wins", isin=COST_SCOPES)
    scope_id: Text = column("Family or resource it holds for; empty for the company", optional=True)
    cost_type: Text = column("Which cost", isin=COST_TYPES)
    valid_from: Date = column("First day it holds; since ever where empty", optional=True)
    value: Number = column("The amount, rate or number of days, as cost_type says")
    currency: Text = column("Currency of an amount, ISO 4217; the reporting currency where empty", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class BusinessObjectives(Table, key=("measure", "family_id", "period_start")):
    """One row per measure, family and the period from which the target holds."""

    measure: Text = column("What is aimed at", isin=OBJECTIVE_MEASURES)
    family_id: Text = column("Family it holds for; the company where empty", optional=True)
    period_start: Date = column("First day of the first period it holds for, until the next row")
    target: Number = column("The target, in the measure's unit: a ratio 0.35, days, turns, an amount, heads")
    owner: Text = column("Who answers for it", optional=True)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


class ControlTotals(Table, key=("measure", "period_start", "family_id")):
    """One row per measure, period and family: what the ledger or the warehouse system says."""

    measure: Text = column("What was totalled", isin=CONTROL_MEASURES)
    period_start: Date = column("First day of the period")
    family_id: Text = column("Family it is the total of; the company where empty", optional=True)
    amount: Quantity = column("The total: an amount of money for revenue and inventory_value, else a quantity in planning units")
    currency: Text = column("Currency of an amount, ISO 4217; the reporting currency where empty", optional=True, matches=CURRENCY_CODE)
    source_file: Text = SOURCE_FILE
    source_line: Count = SOURCE_LINE


TABLES: dict[str, type[Table]] = {
    "staging.standard_costs": StandardCosts,
    "staging.prices": Prices,
    "staging.business_plan": BusinessPlan,
    "staging.exchange_rates": ExchangeRates,
    "staging.fiscal_calendar": FiscalCalendar,
    "staging.planning_costs": PlanningCosts,
    "staging.business_objectives": BusinessObjectives,
    "staging.control_totals": ControlTotals,
}
