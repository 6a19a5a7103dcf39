"""Contracts of schema plan: the demand plan step by step and the balanced supply plan. What the optimiser says of it stays in optimum."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.core.events import EVENT_KINDS
from sop_pipeline.contracts.core.intentions import DEMAND_STEPS

STRATEGIES = ("level", "chase", "hybrid", "least_cost", "planned")
LOAD_STATUSES = ("free", "full", "full but costless", "overloaded")
BALANCE_STATUSES = ("short", "overloaded", "below_target", "excess", "balanced")


class FamilyDemand(Table, key=("scenario_id", "family_id", "period_start", "step")):
    """One row per family, planned period (look-ahead included) and step of the demand plan, in planning units."""

    scenario_id: Text = column("Scenario; base unless said")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    step: Text = column("Step; demand_review is the consensus", isin=DEMAND_STEPS)
    quantity: Number = column(
        "Demand of the whole period after the step; empty until a step gives one, 0 from demand_review on but in the look-ahead",
        optional=True,
        ge=0,
    )
    change_quantity: Number = column("Quantity less that of the step before; the first quantity of a cell is all change")
    author: Text = column("Who changed it in this step", optional=True)
    reason: Text = column("Why", optional=True)


class ItemDemand(Table, key=("scenario_id", "item_id", "period_start", "step")):
    """One row per item, planned period (look-ahead included) and step whose family quantity is known, in the item's unit; sums to it."""

    scenario_id: Text = column("Scenario")
    item_id: Text = column("Item")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    step: Text = column("Step", isin=DEMAND_STEPS)
    quantity: Number = column("Demand of the whole period after the step", ge=0)
    change_quantity: Number = column("Quantity less that of the step before; the first quantity of a cell is all change")
    author: Text = column("Who changed the item, or its family and thereby the item", optional=True)
    reason: Text = column("Why", optional=True)


class DemandEvents(Table, key=("scenario_id", "family_id", "period_start", "event_kind", "event_id", "item_id")):
    """One row per event and family and planned period it changes, in planning units of the family; the changes add up in their order."""

    scenario_id: Text = column("Scenario")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    event_kind: Text = column(
        "phase_out, launch, promotion, pull_forward, price_change, market_assumption, or floor: what 0 holds back of the others",
        isin=EVENT_KINDS,
    )
    event_id: Text = column("Promotion, assumption, phased-out, launched or repriced item; empty for the floor")
    item_id: Text = column("Item the event acts on; empty for the whole family")
    event_order: Count = column("Place among the events of the cell, from 1", ge=1)
    quantity_before: Number = column("Demand of the family before the event")
    change_quantity: Number = column("What the event adds or takes")
    quantity_after: Number = column("Demand of the family after the event")
    reason: Text = column("Which event, and where its size comes from")


class ForecastConsumption(Table, key=("scenario_id", "family_id", "period_start")):
    """One row per make-to-stock family and planned period with orders due or forecast consumed by them, in planning units."""

    scenario_id: Text = column("Scenario")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    orders_due_quantity: Number = column("Open orders due from the as-of date on", ge=0)
    abnormal_quantity: Number = column("The part of them that consumes nothing: far larger than any other order of the item", ge=0)
    consumed_quantity: Number = column(
        "Forecast that the orders of the same items consume: those due in the period, then what the next period's exceed their forecast by",
        ge=0,
    )


class FamilyMoney(Table, key=("scenario_id", "family_id", "period_start")):
    """One row per family and period: money per planning unit, weighted by the items' demand plan (history: by their shipments)."""

    scenario_id: Text = column("Scenario")
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    net_price_amount: Number = column("Net price of a planning unit at current rates; empty where no item has one", optional=True, ge=0)
    net_price_budget_rate_amount: Number = column("The same at budget rates", optional=True, ge=0)
    unit_cost_amount: Number = column("Standard cost of a planning unit", optional=True, ge=0)
    business_plan_price_amount: Number = column(
        "What the items' prices of the annual business plan make of a planning unit; empty where it does not plan by item", optional=True
    )


class FamilyBalance(Table, key=("scenario_id", "strategy", "family_id", "period_start")):
    """One row per strategy, family and planned period of the horizon, the current one included; each flow = to date + remainder."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "level, chase, hybrid, least_cost with every family on it; planned is the mix supply_policies ask for",
        isin=STRATEGIES,
    )
    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    applied_strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "What the family follows in this row", isin=STRATEGIES[:-1]
    )
    working_days: Number = column("Working days of the whole period", ge=0)
    remaining_working_days: Number = column("Working days still to plan", ge=0)
    demand_quantity: Number = column("Demand (make-to-stock) or bookings of the whole period", ge=0)
    booked_quantity: Number = column("Bookings of the whole period; empty for make-to-stock", optional=True)
    shipped_quantity: Number = column("Shipments of the whole period")
    production_quantity: Number = column("Good production of the whole period")
    subcontract_quantity: Number = column("Subcontract of the whole period")
    purchase_quantity: Number = column("Purchases of the whole period")
    issued_quantity: Number = column("Issued to other families")
    other_movement_quantity: Number = column("Other movements to date, less what spoils in the remainder; no others are planned")
    spoiled_quantity: Number = column("Stock that passes its shelf life in the remainder and is scrapped, first in, first out", ge=0)
    opening_inventory_quantity: Number = column("Stock at the start of the period; one below zero that nothing has moved since is 0")
    unexplained_quantity: Number = column(
        "Current period: up to the latest snapshot, and what lifts a stock below zero to zero; empty where there is none", optional=True
    )
    closing_inventory_quantity: Number = column("Stock at the end", ge=0)
    target_inventory_quantity: Number = column("Target closing stock", optional=True, ge=0)
    minimum_inventory_quantity: Number = column("Least closing stock", optional=True, ge=0)
    maximum_inventory_quantity: Number = column("Most closing stock", optional=True, ge=0)
    days_of_supply: Number = column("Working days of forward demand the closing stock covers", optional=True, ge=0)
    opening_backlog_quantity: Number = column("Make-to-order: open orders at the start; empty for make-to-stock", optional=True)
    closing_backlog_quantity: Number = column("Make-to-order: open orders at the end", optional=True, ge=0)
    target_backlog_quantity: Number = column("Target closing backlog", optional=True, ge=0)
    backlog_days: Number = column(
        "Working days of planned shipments the closing backlog lasts: the lead time a new order meets",
        optional=True,
        ge=0,
    )
    past_due_quantity: Number = column("Open orders past due at the as-of date, in the current period", optional=True, ge=0)
    opening_shortage_quantity: Number = column(
        "Make-to-stock: demand due and not delivered at the start; current period: past due at the as-of date, where its remainder starts",
        optional=True,
        ge=0,
    )
    closing_shortage_quantity: Number = column("Make-to-stock: demand due and not delivered at the end", optional=True, ge=0)
    lost_sales_quantity: Number = column("Demand that does not wait", ge=0)
    load_ratio: Ratio = column(
        "Highest load ÷ regular capacity of the critical resources the family uses; heads that follow the need count only alone",
        optional=True,
        ge=0,
    )
    binding_resource_id: Text = column("The resource with that load", optional=True)
    required_heads: Number = column("Heads that the family's hours take", optional=True, ge=0)
    balance_status: Text = column("The first that holds", isin=BALANCE_STATUSES)
    marginal_cost_amount: Number = column(
        "What one more unit of demand would cost, soft prices included; empty for plain arithmetic", optional=True
    )
    note: Text = column("What the plan had to assume: no history, stock below zero taken as zero, uncapacitated", optional=True)


class FamilySupply(
    Table,
    key=(
        "scenario_id",
        "strategy",
        "family_id",
        "source_kind",
        "source_id",
        "period_start",
    ),
):
    """One row per strategy, family, source and planned period of the horizon."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "Strategy", isin=STRATEGIES
    )
    family_id: Text = column("Family")
    source_kind: Text = column("production, subcontract or purchase", isin=("production", "subcontract", "purchase"))
    source_id: Text = column("Routing, subcontractor or supplier")
    period_start: Date = column("First day of the period")
    quantity: Number = column("Planned quantity of the remainder, planning units", ge=0)
    rate_per_working_day: Number = column("Quantity ÷ working days left", optional=True, ge=0)
    supply_cost_amount: Number = column("Quantity × what the source costs a unit; wages stand beside it", optional=True)
    labour_cost_amount: Number = column("Regular wages, worked or idle, that its hours take", optional=True)
    overtime_cost_amount: Number = column("Overtime its hours take", optional=True)
    marginal_value_amount: Number = column(
        "What one unit more, beyond the limit, override or approved quantity it is kept at, would change the cost by, "
        "the price of leaving the approved plan not counted; 0 where the plan is free",
        optional=True,
    )


class ResourceLoad(Table, key=("scenario_id", "strategy", "resource_id", "period_start")):
    """One row per strategy, resource and planned period of the horizon, the remainder of the current one."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "Strategy", isin=STRATEGIES
    )
    resource_id: Text = column("Resource")
    period_start: Date = column("First day of the period")
    required_capacity: Number = column("Planned supply × bill of resources", ge=0)
    regular_capacity: Number = column(
        "Rated regular capacity; labour with workforce: of the planned and temporary heads; storable resources: with what earlier periods"
        " left, and empty where it is not known",
        optional=True,
        ge=0,
    )
    overtime_capacity: Number = column("Overtime capacity; labour with workforce: of those heads", ge=0)
    load_ratio: Ratio = column("Required ÷ regular; empty without capacity", optional=True, ge=0)
    load_status: Text = column("free, full, full but costless, overloaded", isin=LOAD_STATUSES)
    marginal_value_amount: Number = column("What one more unit of it would save beyond its going price", optional=True, ge=0)
    families: Text = column("Families that use it, by load, joined by a comma", optional=True)
    note: Text = column("What the plan had to assume: capacity not known, limits of heads out of reach", optional=True)


class WorkforcePlan(Table, key=("scenario_id", "strategy", "resource_id", "period_start")):
    """One row per strategy, labour resource with workforce and planned period of the horizon."""

    scenario_id: Text = column("Scenario")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "Strategy", isin=STRATEGIES
    )
    resource_id: Text = column("Labour resource")
    period_start: Date = column("First day of the period")
    required_heads: Number = column("Required hours ÷ regular hours of a head", ge=0)
    opening_heads: Number = column("Heads at the start: of the workforce in the first period, planned in the one before", ge=0)
    planned_heads: Number = column("Heads planned: opening + hires − layoffs − leavers", ge=0)
    temporary_heads: Number = column("Temporary heads, beside the planned ones", ge=0)
    hires: Number = column("Heads hired", ge=0)
    layoffs: Number = column("Heads laid off", ge=0)
    leavers: Number = column("Heads that leave", ge=0)
    required_hours: Number = column("Hours the plan takes", ge=0)
    regular_hours: Number = column(
        "Hours the heads, temporary ones included, work in regular time; with the idle ones all they are there for", ge=0
    )
    overtime_hours: Number = column("Hours beyond", ge=0)
    idle_hours: Number = column("Regular hours without work", ge=0)
    is_feasible: Flag = column("Required hours fit in regular and overtime hours of the planned heads")
    regular_cost_amount: Number = column("Wages of heads and temporary heads, worked or idle; 0 where no wage is given", optional=True)
    overtime_cost_amount: Number = column("Overtime", optional=True)
    hiring_cost_amount: Number = column("Hires", optional=True)
    layoff_cost_amount: Number = column("Layoffs", optional=True)


TABLES: dict[str, type[Table]] = {
    "plan.family_demand": FamilyDemand,
    "plan.item_demand": ItemDemand,
    "plan.demand_events": DemandEvents,
    "plan.forecast_consumption": ForecastConsumption,
    "plan.family_money": FamilyMoney,
    "plan.family_balance": FamilyBalance,
    "plan.family_supply": FamilySupply,
    "plan.resource_load": ResourceLoad,
    "plan.workforce_plan": WorkforcePlan,
}
