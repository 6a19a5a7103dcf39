"""The plan stage: which tables it reads and writes. The planning itself is `planning/`."""

from collections.abc import Mapping

import dagster as dg
import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.defs import handoffs
from sop_pipeline.defs.model_tables import Frames, Model, model_stage
from sop_pipeline.planning.balance.demand import consume_by_item
from sop_pipeline.planning.consensus import plan_family_demand
from sop_pipeline.planning.money import price_families
from sop_pipeline.planning.optimum import optimise_scenarios
from sop_pipeline.planning.optimum.reads import COST_READS, FAMILY_USAGE, SCENARIOS, SUPPLY_READS, by_name, plan_settings
from sop_pipeline.planning.scenarios import BASE, change_demand, change_item_demand, change_money, of_scenario, scenario_ids
from sop_pipeline.sql_files import SqlFile

DEMAND_READS = (
    "forecast.family_forecast",
    "forecast.item_forecast",
    "core.sales_submissions",
    "core.promotion_periods",
    "forecast.estimated_uplifts",
    "forecast.launch_forecast",
    "forecast.price_effects",
    "core.assumption_periods",
    "core.overrides",
    "core.families",
    "core.items",
    "core.item_mix",
    "core.periods",
    "core.family_history",
    "core.item_period_history",
    "core.item_successions",
)
DEMAND_TABLES = ("plan.family_demand", "plan.item_demand", "plan.demand_events")
CONSUMPTION_READS = ("plan.item_demand", "core.item_orders_due", "core.items", "core.families", "core.periods")
MONEY_READS = (
    "plan.item_demand",
    "core.item_period_history",
    "core.item_prices",
    "core.item_costs",
    "core.business_plan_item_prices",
    "core.item_mix",
    "core.items",
    "core.families",
    "core.periods",
)
SUPPLY_TABLES = (
    "plan.family_balance",
    "plan.family_supply",
    "plan.resource_load",
    "plan.workforce_plan",
    "plan.strategy_comparison",
    "plan.stability_curve",
    "plan.derived_costs",
    "plan.shortage_pegs",
)


def plan_stage(rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """The stage of schema plan: demand, what orders consume of it, then money and supply."""
    return model_stage(
        "plan",
        [
            Model(DEMAND_TABLES, (*DEMAND_READS, SCENARIOS), _plan_demand, frozenset()),
            Model(("plan.forecast_consumption",), CONSUMPTION_READS, _consume, frozenset()),
            Model(("plan.family_money",), (*MONEY_READS, FAMILY_USAGE, SCENARIOS), _price, frozenset()),
            Model(SUPPLY_TABLES, (*SUPPLY_READS, *COST_READS, SCENARIOS), _plan_supply, frozenset({"highs"})),
            *handoffs.MODELS,
        ],
        rules,
    )


def _plan_demand(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    plan = plan_family_demand(**by_name(frames, DEMAND_READS))
    scenarios = frames[SCENARIOS]
    masters = {"items": frames["core.items"], "item_mix": frames["core.item_mix"]}
    families, items = [plan.family_demand], [plan.item_demand]
    for scenario in scenario_ids(scenarios):
        changed = change_demand(plan.family_demand, scenarios, scenario)
        of_items, of_families = change_item_demand(plan.item_demand, plan.family_demand, changed, **masters)
        families.append(of_families)
        items.append(of_items)
    return {
        "plan.family_demand": pl.concat(families),
        "plan.item_demand": pl.concat(items),
        "plan.demand_events": plan.demand_events,
    }


def _consume(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    named = by_name(frames, CONSUMPTION_READS)
    item_demand = named.pop("item_demand")
    consumed = [
        consume_by_item(item_demand=of_scenario(item_demand, scenario), scenario_id=scenario, **named)
        for scenario in (BASE, *scenario_ids(item_demand))
    ]
    return {"plan.forecast_consumption": pl.concat(consumed)}


def _price(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    named = by_name(frames, MONEY_READS)
    # The mix of a family is base's in every scenario.
    named["item_demand"] = of_scenario(named["item_demand"], BASE)
    money = price_families(item_history=named.pop("item_period_history"), **named)
    scenarios, current = frames[SCENARIOS], pl.col("periods_from_now") == 0
    first_planned = frames["core.periods"].filter(current)["period_start"].item()
    changed = [change_money(money, frames[FAMILY_USAGE], scenarios, scenario, first_planned) for scenario in scenario_ids(scenarios)]
    return {"plan.family_money": pl.concat([money, *changed])}


def _plan_supply(frames: Frames, company: Company) -> Frames:
    planned = optimise_scenarios(
        tables=by_name(frames, SUPPLY_READS),
        costs=by_name(frames, COST_READS),
        scenarios=frames[SCENARIOS],
        **plan_settings(company),
    )
    return {address: planned[address.removeprefix("plan.")] for address in SUPPLY_TABLES}
