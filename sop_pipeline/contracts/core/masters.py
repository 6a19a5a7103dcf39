"""Contracts of the master tables of core: families, items, units, rates, prices, costs, policies. Facts over time stay out."""

from sop_pipeline.contracts.base import Count, Date, Flag, Number, Ratio, Table, Text, column

STRATEGIES = ("make_to_stock", "make_to_order", "assemble_to_order")


class Families(Table, key=("family_id",)):
    """One row per planned product family."""

    family_id: Text = column("Family; 'unassigned' holds what is sold without one")
    family_name: Text = column("Name")
    product_group: Text = column("Product group; 'ungrouped' where the extract gives none")
    planning_unit: Text = column("Unit the family is planned in")
    production_strategy: Text = column("How demand is met", isin=STRATEGIES)
    site_id: Text = column("Site whose working days the family follows: its own, else the one with most of its routing hours, else empty")
    customer_lead_time_days: Number = column("Working days from order to shipment that the market accepts", optional=True, ge=0)
    demand_time_fence_periods: Count = column("Periods in which demand is orders only", ge=0)
    planning_time_fence_periods: Count = column("Periods in which the approved production is kept", ge=0)
    planner: Text = column("Planner", optional=True)
    is_uncapacitated: Flag = column("No routing and no bill of resources: the plan knows no load for it")


class Items(Table, key=("item_id",)):
    """One row per item."""

    item_id: Text = column("Item")
    item_name: Text = column("Name")
    item_type: Text = column("finished, semi_finished, raw, packaging, phantom or service")
    family_id: Text = column("Planned family; empty for items that no family plans", optional=True)
    unit_of_measure: Text = column("Unit of the item's quantities")
    planning_units_per_unit: Number = column("Planning units of the family in one unit of the item", gt=0)
    sourcing: Text = column("make or buy", isin=("make", "buy"))
    lifecycle: Text = column("design, launch, active, phase_out or obsolete", optional=True)
    introduction_date: Date = column("First day on sale", optional=True)
    phase_out_date: Date = column("Last day on sale", optional=True)
    successor_item_id: Text = column("Item that takes over", optional=True)
    is_finished: Flag = column("Was sold, or is of type finished")
    lead_time_days: Count = column("Calendar days from order to receipt", optional=True, ge=0)
    lot_minimum_quantity: Number = column("Least quantity of an order", optional=True, ge=0)
    lot_multiple_quantity: Number = column("Orders are multiples of it", optional=True, ge=0)


class UnitFactors(Table, key=("item_id", "unit_of_measure")):
    """One row per item and unit its rows are written in: how many of the item's own unit one of them is."""

    item_id: Text = column("Item")
    unit_of_measure: Text = column("Unit of a row")
    factor: Number = column("Item units in one of it", gt=0)


class ExchangeRates(Table, key=("currency", "rate_type", "valid_from")):
    """One row per currency, rate type and first day of validity, to the reporting currency; the reporting currency itself at 1."""

    currency: Text = column("Currency of the amount")
    rate_type: Text = column("budget or actual", isin=("budget", "actual"))
    valid_from: Date = column("First day the rate counts")
    valid_to: Date = column("Last day the rate counts; 9999-12-31 for the newest")
    rate: Number = column("Reporting currency for one of it", gt=0)


class ItemPrices(Table, key=("item_id", "period_start")):
    """One row per item with a price and period: net selling price of one item unit, in the reporting currency."""

    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    net_price_amount: Number = column("Net price of one item unit at current rates", ge=0)
    net_price_budget_rate_amount: Number = column("The same at budget rates; at current rates where no budget rate exists", ge=0)
    is_derived: Flag = column("From shipments of the last 12 periods, because the item has no price row")


class ItemCosts(Table, key=("item_id", "period_start")):
    """One row per item with a standard cost and period: cost of one item unit, in the reporting currency."""

    item_id: Text = column("Item")
    period_start: Date = column("First day of the period")
    total_cost_amount: Number = column("Standard cost", gt=0)
    material_cost_amount: Number = column("Material part", optional=True, ge=0)
    labour_cost_amount: Number = column("Labour part", optional=True, ge=0)
    overhead_cost_amount: Number = column("Overhead part", optional=True, ge=0)


class ItemMix(Table, key=("item_id",)):
    """One row per item of a family: its share of the family's demand over the last season, and of its supply, in planning units."""

    item_id: Text = column("Item")
    family_id: Text = column("Family")
    mix_ratio: Ratio = column("Share of the family; the shares of a family sum to 1", ge=0, le=1)
    basis: Text = column("What the share comes from", isin=("planning_bill", "last_season", "all_history", "stock_and_production", "equal"))
    supply_mix_ratio: Ratio = column("Share of what the family is made for, its demand and its issues to other families", ge=0, le=1)


class InventoryPolicies(Table, key=("family_id", "period_start")):
    """One row per family and planned period (look-ahead included) for which management states an objective."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    target_days_of_supply: Number = column("Working days of forward demand the closing stock should cover", optional=True, ge=0)
    target_quantity: Number = column("Closing stock in planning units; wins over days", optional=True, ge=0)
    minimum_days_of_supply: Number = column("Lower bound in days", optional=True, ge=0)
    maximum_days_of_supply: Number = column("Upper bound in days", optional=True, ge=0)
    service_level_ratio: Ratio = column(
        "Probability of no shortage in a cycle; gives the minimum where none is set", optional=True, gt=0, lt=1
    )
    target_backlog_days: Number = column("Make-to-order: working days of planned shipments the backlog should last", optional=True, ge=0)


class SupplyPolicies(Table, key=("family_id", "period_start")):
    """One row per family and planned period: the strategy that applies and its limits."""

    family_id: Text = column("Family")
    period_start: Date = column("First day of the period")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "level, chase, hybrid or least_cost", isin=("level", "chase", "hybrid", "least_cost")
    )
    minimum_production_quantity: Number = column("Least production of the period, remainder-scaled in the current one", optional=True, ge=0)
    maximum_production_quantity: Number = column("Most production of the period, remainder-scaled in the current one", optional=True, ge=0)
    is_subcontract_allowed: Flag = column("Subcontracting allowed")
    maximum_backlog_quantity: Number = column("Most backlog or shortage at period end", optional=True, ge=0)
    are_lost_sales_allowed: Flag = column("Unmet demand may be lost instead of waiting")


class PlanningCosts(Table, key=("scope", "scope_id", "cost_type", "period_start")):
    """One row per scope, cost type and planned period that `planning_costs` states: the narrowest scope is resolved by the reader."""

    scope: Text = column("company, family or resource", isin=("company", "family", "resource"))
    scope_id: Text = column("Family or resource; empty for the company")
    cost_type: Text = column("Kind of cost, as in the extract")
    period_start: Date = column("First day of the period")
    cost_value: Number = column("Value; money in the reporting currency")


TABLES: dict[str, type[Table]] = {
    "core.families": Families,
    "core.items": Items,
    "core.unit_factors": UnitFactors,
    "core.exchange_rates": ExchangeRates,
    "core.item_prices": ItemPrices,
    "core.item_costs": ItemCosts,
    "core.item_mix": ItemMix,
    "core.inventory_policies": InventoryPolicies,
    "core.supply_policies": SupplyPolicies,
    "core.planning_costs": PlanningCosts,
}
