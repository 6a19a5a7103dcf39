"""Contracts of the cash plan and of what is spent with suppliers. Money of families, and money beside the business plan, stay out."""

from sop_pipeline.contracts.base import Amount, Date, Number, Table, Text, column
from sop_pipeline.contracts.plan import STRATEGIES
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS

SPEND_BASES = ("purchases", "material_used")


class CashPlan(Table, key=("scenario_id", "plan_version", "cycle_id", "period_start")):
    """One row per scenario and planned period of the horizon: operating cash before tax and investment, from the as-of date on."""

    cycle_id: Text = column("Planning cycle")
    scenario_id: Text = column("Scenario")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    period_start: Date = column("First day of the period")
    currency: Text = column("Reporting currency")
    opening_cash_amount: Amount = column("Cash at the start; of the current period, on the as-of date", optional=True)
    receipts_amount: Amount = column("Sales that fall due: as many days after them as days_sales_outstanding says", optional=True)
    supplier_payments_amount: Amount = column("What was received from suppliers and falls due: see sop.supplier_spend", optional=True)
    payroll_amount: Amount = column("Wages of regular and overtime hours, worked or idle, hires and layoffs", optional=True)
    other_payments_amount: Amount = column("fixed_cost_per_period, of the current period the part still to come", optional=True)
    net_cash_flow_amount: Amount = column("Receipts − supplier payments − payroll − other payments", optional=True)
    closing_cash_amount: Amount = column("Cash at the end: opening cash + net cash flow", optional=True)
    minimum_cash_amount: Amount = column("Least cash the company wants", optional=True)
    receivables_amount: Amount = column("Sales not yet received at the end", optional=True)
    payables_amount: Amount = column("Spending not yet paid at the end", optional=True)
    inventory_value_amount: Amount = column("Closing stock of the families at standard cost", optional=True)
    working_capital_amount: Amount = column("Receivables + inventory value − payables", optional=True)
    note: Text = column("What was not supplied, so that a figure is empty", optional=True)


class SupplierSpend(Table, key=("scenario_id", "plan_version", "cycle_id", "supplier_id", "period_start")):
    """One row per scenario, supplier and period of the last season and the horizon: what is received and how long its money waits."""

    cycle_id: Text = column("Planning cycle")
    scenario_id: Text = column("Scenario")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    supplier_id: Text = column("Supplier; empty for material, subcontracting and purchases of no named supplier")
    supplier_name: Text = column("Its name", optional=True)
    period_start: Date = column("First day of the period of receipt")
    period_kind: Text = column("history, current (to date and to come) or horizon", isin=("history", "current", "horizon"))
    currency: Text = column("Reporting currency")
    spend_amount: Amount = column("Receipts at their price, then open and planned orders; empty where a price is missing", optional=True)
    payment_days: Number = column("payment_terms_days of the supplier, else days_payables_outstanding", optional=True, ge=0)
    basis: Text = column(
        "purchases: receipts, open and planned orders; material_used, where those do not tell it all: material, purchases and "
        "subcontracting of the plan",
        isin=SPEND_BASES,
    )


class StrategyCash(Table, key=("scenario_id", "strategy", "period_start")):
    """One row per scenario, strategy and planned period of the horizon: operating cash as in sop.cash_plan, in reporting currency."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "level, chase, hybrid, least_cost with every family on it; planned is what sop.cash_plan shows", isin=STRATEGIES
    )
    period_start: Date = column("First day of the period")
    opening_cash_amount: Amount = column("Cash at the start; of the current period, on the as-of date", optional=True)
    receipts_amount: Amount = column("Sales that fall due: as many days after them as days_sales_outstanding says", optional=True)
    supplier_payments_amount: Amount = column("What was received from suppliers and falls due: see sop.strategy_spend", optional=True)
    payroll_amount: Amount = column("Wages of regular and overtime hours, worked or idle, hires and layoffs", optional=True)
    other_payments_amount: Amount = column("fixed_cost_per_period, of the current period the part still to come", optional=True)
    net_cash_flow_amount: Amount = column("Receipts − supplier payments − payroll − other payments", optional=True)
    closing_cash_amount: Amount = column("Cash at the end: opening cash + net cash flow", optional=True)
    minimum_cash_amount: Amount = column("Least cash the company wants", optional=True)
    receivables_amount: Amount = column("Sales not yet received at the end", optional=True)
    payables_amount: Amount = column("Spending not yet paid at the end", optional=True)
    inventory_value_amount: Amount = column("Closing stock of the families at standard cost", optional=True)
    working_capital_amount: Amount = column("Receivables + inventory value − payables", optional=True)
    note: Text = column("What was not supplied, so that a figure is empty", optional=True)


class StrategySpend(Table, key=("scenario_id", "strategy", "supplier_id", "period_start")):
    """One row per scenario, strategy, supplier and period of the last season and the horizon: what is received, in reporting currency."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "level, chase, hybrid, least_cost with every family on it; planned is what sop.supplier_spend shows", isin=STRATEGIES
    )
    supplier_id: Text = column("Supplier; empty for material, subcontracting and purchases of no named supplier")
    supplier_name: Text = column("Its name", optional=True)
    period_start: Date = column("First day of the period of receipt")
    period_kind: Text = column("history, current (to date and to come) or horizon", isin=("history", "current", "horizon"))
    spend_amount: Amount = column("Receipts at their price, then open and planned orders; empty where a price is missing", optional=True)
    payment_days: Number = column("payment_terms_days of the supplier, else days_payables_outstanding", optional=True, ge=0)
    basis: Text = column(
        "purchases: receipts, open and planned orders; material_used, where those do not tell it all: material, purchases and "
        "subcontracting of the plan",
        isin=SPEND_BASES,
    )


TABLES: dict[str, type[Table]] = {
    "sop.cash_plan": CashPlan,
    "sop.supplier_spend": SupplierSpend,
    "sop.strategy_cash": StrategyCash,
    "sop.strategy_spend": StrategySpend,
}
