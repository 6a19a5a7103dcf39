"""Contracts of the demand side of schema sop: the items' demand plan, accuracy, changes of the range. The balance itself stays out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Number, Table, Text, column
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS


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


TABLES: dict[str, type[Table]] = {"sop.item_demand_plan": ItemDemandPlan}
