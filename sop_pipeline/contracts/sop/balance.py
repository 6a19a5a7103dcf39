"""Contracts of the published plan: the balance and what stands behind it. Data quality, the sheet and the dimensions stay out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.core.masters import STRATEGIES as PRODUCTION_STRATEGIES
from sop_pipeline.contracts.plan import BALANCE_STATUSES

PLAN_VERSIONS = ("working", "frozen", "approved")


def cycle() -> Text:
    """The column that says whose plan a row is."""
    return column("Planning cycle: the period that holds the as-of date")


class SupplyDemandBalance(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start")):
    """One row per cycle, scenario, plan version, family and period: history as it was, the current period, the horizon as planned."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    period_kind: Text = column("history, current or horizon", isin=("history", "current", "horizon"))
    production_strategy: Text = column("How demand is met", isin=PRODUCTION_STRATEGIES)
    planning_unit: Text = column("Unit of all quantities of the row")
    currency: Text = column("Currency of all amounts")
    working_days: Number = column("Working days of the family's site in the period", optional=True)
    is_reconstructed: Flag = column("History: no snapshot closes the period, the stock is rolled", optional=True)
    demand_quantity: Number = column("Demand by requested day; bookings of make-to-order and assemble-to-order families")
    statistical_quantity: Number = column("Statistical forecast; in history as published before the period began", optional=True)
    statistical_lower_quantity: Number = column("Lower bound of its 80 % interval", optional=True)
    statistical_upper_quantity: Number = column("Upper bound of its 80 % interval", optional=True)
    consensus_quantity: Number = column("Demand after the demand review; in history as published before the period began", optional=True)
    approved_demand_quantity: Number = column("Demand of the plan approved before the period began", optional=True)
    business_plan_quantity: Number = column("Annual business plan", optional=True)
    previous_year_demand_quantity: Number = column("Demand of the same period a season before", optional=True)
    booked_quantity: Number = column("Orders by order day; not planned for make-to-stock", optional=True)
    orders_due_quantity: Number = column("Open orders due in the period, from the as-of date on", optional=True)
    shipped_quantity: Number = column("Shipments")
    production_quantity: Number = column("Good production")
    subcontract_quantity: Number = column("Received from subcontractors")
    purchase_quantity: Number = column("Received from suppliers")
    issued_quantity: Number = column("Taken by the production of other families")
    other_movement_quantity: Number = column("Adjustments, scrap, samples, returns, signed")
    scheduled_quantity: Number = column("Remaining quantity of open work orders due in the period", optional=True)
    approved_production_quantity: Number = column("Production of the plan approved before the period began", optional=True)
    opening_inventory_quantity: Number = column("Stock at the start", optional=True)
    closing_inventory_quantity: Number = column("Stock at the end", optional=True)
    unexplained_quantity: Number = column("Counted stock less what the flows say", optional=True)
    target_inventory_quantity: Number = column("Target closing stock", optional=True)
    minimum_inventory_quantity: Number = column("Least closing stock", optional=True)
    maximum_inventory_quantity: Number = column("Most closing stock", optional=True)
    days_of_supply: Number = column("Working days of forward demand the closing stock covers", optional=True)
    opening_backlog_quantity: Number = column("Open order quantity at the start", optional=True)
    closing_backlog_quantity: Number = column("Open order quantity at the end", optional=True)
    target_backlog_quantity: Number = column("Target closing backlog", optional=True)
    past_due_quantity: Number = column("Open orders whose due date has passed", optional=True)
    opening_shortage_quantity: Number = column("Make-to-stock: demand due and not delivered at the start", optional=True)
    closing_shortage_quantity: Number = column("Make-to-stock: demand due and not delivered at the end", optional=True)
    lost_sales_quantity: Number = column("Demand that does not wait", optional=True)
    customer_lead_time_days: Number = column("Make-to-order: working days a new order waits behind the closing backlog", optional=True)
    target_customer_lead_time_days: Number = column("Working days the market accepts", optional=True)
    on_time_in_full_ratio: Ratio = column("Of the quantity due, shipped in full by its due date", optional=True, ge=0, le=1)
    load_ratio: Ratio = column("Highest load ÷ regular capacity of the critical resources", optional=True, ge=0)
    binding_resource_id: Text = column("Resource with that load", optional=True)
    required_heads: Number = column("Heads the family's hours take", optional=True)
    revenue_amount: Amount = column("Revenue at current rates; not supplied where no price is known", optional=True)
    cost_of_sales_amount: Amount = column("Shipments at standard cost", optional=True)
    margin_amount: Amount = column("Revenue less cost of sales", optional=True)
    inventory_value_amount: Amount = column("Closing stock at standard cost", optional=True)
    revenue_budget_rate_amount: Amount = column("Revenue at budget rates", optional=True)
    business_plan_revenue_amount: Amount = column("Revenue of the annual business plan", optional=True)
    business_plan_gap_amount: Amount = column("Revenue less that of the business plan", optional=True)
    balance_status: Text = column("Planned rows: the first that holds", optional=True, isin=BALANCE_STATUSES)
    demand_to_date_quantity: Number = column("Current period: demand before the as-of date", optional=True)
    booked_to_date_quantity: Number = column("Current period: bookings before the as-of date", optional=True)
    shipped_to_date_quantity: Number = column("Current period: shipments before the as-of date", optional=True)
    production_to_date_quantity: Number = column("Current period: production before the as-of date", optional=True)
    subcontract_to_date_quantity: Number = column("Current period: subcontract before the as-of date", optional=True)
    purchase_to_date_quantity: Number = column("Current period: purchases before the as-of date", optional=True)
    issued_to_date_quantity: Number = column("Current period: issues before the as-of date", optional=True)
    other_movement_to_date_quantity: Number = column("Current period: other movements before the as-of date", optional=True)
    note: Text = column("What the plan had to assume", optional=True)


class CurrentBalance(SupplyDemandBalance, key=("family_id", "period_start")):
    """One row per family and period: the working version of the newest cycle, base scenario."""


class DemandPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start", "step")):
    """One row per cycle, scenario, plan version, family, planned period and step of the demand plan."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    period_start: Date = column("First day of the period")
    step_order: Count = column("Order in which the steps apply, from 1", ge=1)
    step: Text = column("Step; demand_review is the consensus", isin=DEMAND_STEPS)
    planning_unit: Text = column("Unit of the quantities")
    quantity: Number = column("Demand after the step", optional=True)
    change_quantity: Number = column("What the step changed")
    currency: Text = column("Currency of the amounts")
    value_amount: Amount = column("Quantity of the items after the step at their net prices of the period", optional=True)
    change_value_amount: Amount = column("Value less that of the step before; a change of the mix alone is one", optional=True)
    lower_quantity: Number = column("Lower bound of the statistical step", optional=True)
    upper_quantity: Number = column("Upper bound of the statistical step", optional=True)
    author: Text = column("Who changed it", optional=True)
    reason: Text = column("Why", optional=True)


TABLES: dict[str, type[Table]] = {
    "sop.supply_demand_balance": SupplyDemandBalance,
    "sop.current_balance": CurrentBalance,
    "sop.demand_plan": DemandPlan,
}
