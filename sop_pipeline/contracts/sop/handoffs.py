"""Contracts of what the plan hands off: to the master schedule, to material planning, to suppliers. The plan of families stays out."""

from sop_pipeline.contracts.base import Amount, Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS

AUDITED_PARAMETERS = ("lead_time_days", "yield_ratio", "machine_hours_per_unit", "labour_hours_per_unit", "minimum_order_quantity")


def _cycle() -> Text:
    return column("Planning cycle: the period that holds the as-of date")


def _version() -> Text:
    return column("working, frozen or approved", isin=PLAN_VERSIONS)


class MasterScheduleInput(Table, key=("cycle_id", "scenario_id", "plan_version", "item_id", "site_id", "period_start")):
    """One row per cycle, scenario, plan version, item, site and planned period: what the master schedule is to make of the family plan."""

    cycle_id: Text = _cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = _version()
    family_id: Text = column("Product family")
    item_id: Text = column("Item")
    site_id: Text = column("Site that makes it; empty for a company without sites")
    period_start: Date = column("First day of the period")
    unit_of_measure: Text = column("Unit of the quantities: the item's own")
    mix_ratio: Ratio = column("Share of the family's demand in the period, in planning units", optional=True, ge=0)
    run_out_time_quantity: Number = column(
        "Share of the family's planned production, and of what lots before left over, with which its items run out on the same day; "
        "of the remainder in the current period",
        ge=0,
    )
    lot_rounded_quantity: Number = column("The same in whole lots, rounded over the periods so that nothing drifts", ge=0)
    residual_quantity: Number = column("Planned to date, less lots to date; a family's items sum to its plan − lots to date")
    scheduled_quantity: Number = column("Remaining quantity of open work orders due in the period; late ones in the current period", ge=0)


class MaterialPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "item_id", "period_start")):
    """One row per cycle, scenario, plan version, item and planned period: what is needed of it, there, on order and to be ordered."""

    cycle_id: Text = _cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = _version()
    item_id: Text = column("Item")
    family_id: Text = column("Planned family; empty for items that no family plans", optional=True)
    period_start: Date = column("First day of the period")
    unit_of_measure: Text = column("Unit of the quantities: the item's own")
    sourcing: Text = column("make or buy", isin=("make", "buy"))
    is_master_scheduled: Flag = column("Received as the plan of its family says; other items are netted")
    gross_requirement_quantity: Number = column("Demand from outside, what waits for it, and what its parents take, scrap included", ge=0)
    on_hand_quantity: Number = column("Stock at the start of the period, as planned; below zero what is missing by then")
    on_order_quantity: Number = column("Open work and purchase orders that arrive in the period; late ones in the current one", ge=0)
    net_requirement_quantity: Number = column("What stock, open orders and orders planned before leave open", ge=0)
    planned_order_quantity: Number = column("The same in lots (minimum, multiple): planned orders by the period they arrive in", ge=0)
    planned_release_quantity: Number = column("Planned orders by the period they are to be released in, a lead time earlier", ge=0)
    past_due_release_quantity: Number = column("Of the current period's releases, those whose day has passed", ge=0)
    order_by_date: Date = column("Latest day to order what arrives in the period; empty without order or known lead time", optional=True)
    currency: Text = column("Currency of the amounts")
    value_amount: Amount = column("Planned orders at suppliers' prices, else at standard cost", optional=True)
    last_published_quantity: Number = column("Planned order of the last night; empty where none planned the period", optional=True)
    change_quantity: Number = column("Planned order less the last published one", optional=True)


class SupplierPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "supplier_id", "item_id", "period_start")):
    """One row per cycle, scenario, plan version, supplier, item and planned period in which something is, or was, ordered or arrives."""

    cycle_id: Text = _cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = _version()
    supplier_id: Text = column("Supplier")
    supplier_name: Text = column("Name; empty for one that no master knows", optional=True)
    item_id: Text = column("Item")
    period_start: Date = column("First day of the period it arrives in")
    unit_of_measure: Text = column("Unit of the quantities: the item's own")
    planned_order_quantity: Number = column("Its share of the item's planned orders", ge=0)
    on_order_quantity: Number = column("Open purchase orders by confirmed, else due date; late ones in the current period", ge=0)
    order_by_date: Date = column("Latest day to order it from this supplier; empty without planned order", optional=True)
    currency: Text = column("Currency of the amounts")
    value_amount: Amount = column("Planned order at the supplier's price, else at standard cost", optional=True)
    supplier_limit_quantity: Number = column("What the supplier can deliver in the period; empty without a limit", optional=True, ge=0)
    limit_scope: Text = column("item, or supplier: one limit for all its items together", optional=True, isin=("item", "supplier"))
    over_limit_quantity: Number = column("Planned and open orders within that scope beyond the limit", optional=True, ge=0)
    last_published_quantity: Number = column("Planned order of the last night; empty where none planned the period", optional=True)
    change_quantity: Number = column("Planned order less the last published one", optional=True)


class ParameterAudit(Table, key=("cycle_id", "parameter", "item_id", "supplier_id")):
    """One row per cycle, planning parameter, item and supplier: what the master data say and what the records of a season measure."""

    cycle_id: Text = _cycle()
    parameter: Text = column("Parameter", isin=AUDITED_PARAMETERS)
    item_id: Text = column("Item")
    family_id: Text = column("Planned family; empty for items that no family plans", optional=True)
    supplier_id: Text = column("Supplier; empty for what is made")
    unit: Text = column("Unit of both values")
    master_value: Number = column("What routings, items or supplier_items say; the plan is made with it", ge=0)
    measured_value: Number = column(
        "Lead time: median; yield: good ÷ (good + scrap); hours: booked ÷ good quantity; minimum order: smallest order", ge=0
    )
    drift_ratio: Ratio = column(
        "Measured ÷ master − 1, hours from run time with or without setups, the nearer; empty where the master says 0", optional=True
    )
    tolerance_ratio: Ratio = column("Drift up to which both agree", ge=0)
    observations: Count = column("Completions, receipts or orders it was measured on", ge=1)
    basis: Text = column("Extract it was measured on; open orders count as long as their supplier has confirmed")
    verdict: Text = column("agrees, drifted, or too few observations to say", isin=("agrees", "drifted", "too few"))


class BillOfResources(Table, key=("cycle_id", "family_id", "resource_id")):
    """One row per cycle, family and resource: what a planning unit takes of it, from routings and mix, and as maintained by hand."""

    cycle_id: Text = _cycle()
    family_id: Text = column("Product family")
    resource_id: Text = column("Resource")
    resource_name: Text = column("Name")
    planning_unit: Text = column("Unit the family is planned in")
    capacity_unit: Text = column("Unit of the usages: so many a planning unit")
    usage_per_unit: Number = column("What the plan is made with, all lead-time offsets together", optional=True, ge=0)
    derived_usage_per_unit: Number = column(
        "Routings × mix through all levels of the bill of materials; of a supplier quota the component itself", optional=True, ge=0
    )
    maintained_usage_per_unit: Number = column("Bill of resources of the family, else of its items in their mix", optional=True, ge=0)
    difference_ratio: Ratio = column("Maintained ÷ derived − 1", optional=True)
    verdict: Text = column(
        "taken by stock: a store, of which a unit in stock takes so much and one that is made nothing; not maintained: the family has no"
        " bill of its own; only derived, only maintained: one of both knows the resource",
        isin=("agrees", "differs", "only derived", "only maintained", "not maintained", "taken by stock"),
    )


TABLES: dict[str, type[Table]] = {
    "sop.master_schedule_input": MasterScheduleInput,
    "sop.material_plan": MaterialPlan,
    "sop.supplier_plan": SupplierPlan,
    "sop.parameter_audit": ParameterAudit,
    "sop.bill_of_resources": BillOfResources,
}
