"""Contracts of the published supply plan: sources, resources, heads, strategies and their costs. The balance itself stays out."""

from sop_pipeline.contracts.base import Amount, Date, Flag, Number, Ratio, Table, Text, column
from sop_pipeline.contracts.optimum import STRATEGY_MEASURES
from sop_pipeline.contracts.plan import LOAD_STATUSES, STRATEGIES
from sop_pipeline.contracts.sop.balance import PLAN_VERSIONS, cycle


class SupplyPlan(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "source_kind", "source_id", "period_start")):
    """One row per cycle, scenario, plan version, family, source and planned period."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    source_kind: Text = column("production, subcontract or purchase", isin=("production", "subcontract", "purchase"))
    source_id: Text = column("Routing, subcontractor or supplier")
    period_start: Date = column("First day of the period")
    planning_unit: Text = column("Unit of the quantities")
    quantity: Number = column("Planned quantity; of the remainder in the current period")
    rate_per_working_day: Number = column("Quantity a working day", optional=True)
    currency: Text = column("Currency of the amounts")
    cost_amount: Amount = column("Quantity at standard cost", optional=True)
    supply_cost_amount: Amount = column(
        "Quantity at what the source costs a unit: making without paid hours, subcontract or purchase", optional=True
    )
    labour_cost_amount: Amount = column("Regular wages, worked or idle, that its hours take", optional=True)
    overtime_cost_amount: Amount = column("Overtime its hours take", optional=True)
    marginal_value_amount: Number = column(
        "What one unit more, beyond the limit, override or approved quantity it is kept at, would change the cost by, "
        "the price of leaving the approved plan not counted; 0 where the plan is free",
        optional=True,
    )
    marginal_cost_amount: Number = column("What one more unit of demand of the family would cost, soft prices included", optional=True)


class ResourcePlan(Table, key=("cycle_id", "scenario_id", "plan_version", "resource_id", "period_start")):
    """One row per cycle, scenario, plan version, resource and planned period."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    resource_id: Text = column("Resource")
    resource_name: Text = column("Name")
    resource_type: Text = column("labour, equipment, facility, material or subcontractor")
    capacity_unit: Text = column("Unit of the capacities")
    period_start: Date = column("First day of the period")
    is_critical: Flag = column("Counts for the status of the families that use it")
    required_capacity: Number = column("What the plan takes; of the remainder in the current period")
    regular_capacity: Number = column(
        "Rated regular capacity; storable material and supplier quotas: with what earlier periods left, empty where no limit is known",
        optional=True,
    )
    overtime_capacity: Number = column("Capacity beyond regular")
    demonstrated_capacity: Number = column("Capacity it has shown: as given, else as measured", optional=True)
    measured_capacity: Number = column(
        "What its completions of the last season took a working day by the bill of resources, × working days left", optional=True, ge=0
    )
    load_ratio: Ratio = column("Required ÷ regular", optional=True)
    load_status: Text = column("free, full, full but costless, overloaded", isin=LOAD_STATUSES)
    mix_required_capacity: Number = column(
        "What the lots of the items take, each by its own bill: the real mix; empty for what stock takes", optional=True, ge=0
    )
    mix_load_ratio: Ratio = column("The same ÷ regular; above load_ratio where the families' mean bills hid a load", optional=True, ge=0)
    currency: Text = column("Currency of the amount")
    marginal_value_amount: Number = column("What one more unit of it would save beyond its going price", optional=True, ge=0)
    required_heads: Number = column("Labour with workforce: heads the hours take", optional=True)
    planned_heads: Number = column("Labour with workforce: heads planned", optional=True)
    families: Text = column("Families that use it, largest first", optional=True)
    note: Text = column("What the plan had to assume about it", optional=True)


class WorkforcePlan(Table, key=("cycle_id", "scenario_id", "plan_version", "resource_id", "period_start")):
    """One row per cycle, scenario, plan version, labour resource with workforce and planned period."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    resource_id: Text = column("Labour resource")
    resource_name: Text = column("Name")
    period_start: Date = column("First day of the period")
    required_heads: Number = column("Heads the hours take", ge=0)
    opening_heads: Number = column("Heads at the start", ge=0)
    planned_heads: Number = column("Heads planned: opening + hires − layoffs − leavers", ge=0)
    temporary_heads: Number = column("Temporary heads, beside the planned ones", ge=0)
    hires: Number = column("Heads hired", ge=0)
    layoffs: Number = column("Heads laid off", ge=0)
    leavers: Number = column("Heads that leave", ge=0)
    regular_hours: Number = column("Hours worked in regular time; of the remainder in the current period", ge=0)
    overtime_hours: Number = column("Hours beyond", ge=0)
    idle_hours: Number = column("Regular hours without work", ge=0)
    earned_hours: Number = column("Hours the planned supply takes by the bill of resources", ge=0)
    worked_hours: Number = column("Hours paid: regular, idle and overtime", ge=0)
    productivity_ratio: Ratio = column("Earned ÷ worked", optional=True, ge=0)
    workforce_change_ratio: Ratio = column("(Hires + layoffs) ÷ opening heads", optional=True, ge=0)
    is_feasible: Flag = column("The hours fit in regular and overtime hours of the planned heads")
    currency: Text = column("Currency of the amounts")
    regular_cost_amount: Amount = column("Wages, worked or idle; 0 where no wage is given", optional=True)
    overtime_cost_amount: Amount = column("Overtime", optional=True)
    hiring_cost_amount: Amount = column("Hires", optional=True)
    layoff_cost_amount: Amount = column("Layoffs", optional=True)
    cost_amount: Amount = column("All of them", optional=True)


class StrategyComparison(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "strategy", "measure")):
    """One row per cycle, scenario, plan version, strategy, family (* = the company) and measure."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family; * is the company")
    strategy: Text = column(  # type: ignore[assignment]  # hides a pandera method nobody calls
        "level, chase, hybrid or least_cost with every family on it; planned is the mix that is published", isin=STRATEGIES
    )
    measure: Text = column("What is measured over the horizon", isin=STRATEGY_MEASURES)
    value: Number = column("Its value; costs are money only, without penalties that only steer")
    unit: Text = column("Currency, planning unit, heads, hours or ratio")


class StabilityCurve(Table, key=("cycle_id", "scenario_id", "stability_weight")):
    """One row per cycle, scenario and weight of stability, every family on hybrid: what steadier production costs the company."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    stability_weight: Number = column("supply.stability_weight of sop.yaml", ge=0)
    rate_change_ratio: Ratio = column("Mean change of the daily rate from period to period ÷ rate, families weighted by value", ge=0)
    currency: Text = column("Currency of the amount")
    total_cost_amount: Amount = column("Money of the horizon, without prices that only steer")
    cost_over_least_ratio: Ratio = column("Total cost beyond the least of all weights", optional=True, ge=0)


class DerivedCosts(Table, key=("cycle_id", "scenario_id", "cost", "scope", "scope_id")):
    """One row per cycle, scenario and cost or penalty that nobody gave and the planning derived, and family or resource."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    cost: Text = column("What costs it")
    scope: Text = column("family or resource", isin=("family", "resource"))
    scope_id: Text = column("Family or resource")
    amount: Number = column("Mean over the horizon", ge=0)
    currency: Text = column("Currency of the amount")
    per_unit: Text = column("What the amount is per", optional=True)
    is_money: Flag = column("Counts in total cost; otherwise it only steers the plan")
    basis: Text = column("What it was derived from; give it in planning_costs to replace it")


class ShortagePegs(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "period_start", "resource_id")):
    """One row per cycle, scenario, plan version, family and period that is short, and resource it hangs on."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario; base unless said")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family")
    period_start: Date = column("Period at whose end demand waits beyond what is promised, or is lost")
    resource_id: Text = column("Resource it hangs on; empty where none is scarce: an override, a freeze or time itself binds")
    planning_unit: Text = column("Unit of the quantities")
    shortage_quantity: Number = column("Demand that waits or is lost", gt=0)
    window_start: Date = column("First period whose supply could still have met it")
    share_ratio: Ratio = column("Share of the scarcity that is this resource's", optional=True, ge=0)
    relief_quantity: Number = column("Shortage that a tenth more of the resource in the window would end", optional=True, ge=0)
    currency: Text = column("Currency of the amount")
    relief_amount: Amount = column("What that would save, soft prices of all families included", optional=True)


class ScenarioComparison(Table, key=("cycle_id", "scenario_id", "plan_version", "family_id", "measure")):
    """One row per cycle, scenario other than base, plan version, family (* = the company) and measure: beside base, and what it changes."""

    cycle_id: Text = cycle()
    scenario_id: Text = column("Scenario")
    plan_version: Text = column("working, frozen or approved", isin=PLAN_VERSIONS)
    family_id: Text = column("Product family; * is the company")
    measure: Text = column(
        "What is measured over the planned periods: as sop.strategy_comparison, revenue_amount, margin_amount, periods_in_trouble "
        "(short or overloaded), planned_order_amount (of bought items), past_due_release_items (items whose order should have gone out)"
    )
    base_value: Number = column("Value of the base plan", optional=True)
    value: Number = column("Value of the scenario", optional=True)
    change_value: Number = column("Scenario less base", optional=True)
    unit: Text = column("Currency, planning unit, heads, hours, periods, items or ratio")


TABLES: dict[str, type[Table]] = {
    "sop.supply_plan": SupplyPlan,
    "sop.resource_plan": ResourcePlan,
    "sop.workforce_plan": WorkforcePlan,
    "sop.strategy_comparison": StrategyComparison,
    "sop.stability_curve": StabilityCurve,
    "sop.derived_costs": DerivedCosts,
    "sop.shortage_pegs": ShortagePegs,
    "sop.scenario_comparison": ScenarioComparison,
}
