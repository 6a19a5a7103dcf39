"""What a supply plan is made from: the tables it reads, and the company's settings as it takes them. Planning stays out."""

from collections.abc import Iterable, Mapping
from typing import Any

import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.planning.optimum.costs import CostRatios
from sop_pipeline.planning.supply import Switches

SUPPLY_READS = (
    "plan.family_demand",
    "plan.forecast_consumption",
    "core.families",
    "core.items",
    "core.item_mix",
    "core.periods",
    "core.site_working_days",
    "core.family_history",
    "core.orders_due",
    "core.inventory_policies",
    "core.supply_policies",
    "core.overrides",
    "core.approved_plans",
    "core.family_usage",
    "core.family_sources",
    "core.family_resources",
    "core.resources",
    "core.resource_capacity",
    "core.workforce",
    "core.family_storage",
    "core.family_item_limits",
    "core.family_lead_times",
    "forecast.family_backtest",
    "staging.supplier_capacity",
)
COST_READS = ("core.planning_costs", "core.item_costs", "plan.family_money")
SCENARIOS, FAMILY_USAGE = "staging.scenarios", "core.family_usage"


def by_name(frames: Mapping[str, pl.DataFrame], addresses: Iterable[str]) -> dict[str, Any]:
    """Frames as the arguments of a planning function: every argument is called like the table it takes."""
    return {address.split(".")[1]: frames[address] for address in addresses}


def plan_settings(company: Company) -> dict[str, Any]:
    """`supply:` and `costs:` of sop.yaml as the settings of `optimise_supply`."""
    asked = company.settings.supply
    switches = Switches(
        holding_cost_on=asked.holding_cost_on,
        holding_cost_above=asked.holding_cost_above,
        idle_hours=asked.idle_hours,
        whole_heads=asked.whole_heads or "false",
        minimum_runs=asked.minimum_runs,
        level_block_periods=asked.level_block_periods,
        stability_weight=asked.stability_weight,
        slushy_fence_periods=asked.slushy_fence_periods,
        slushy_multiple=asked.slushy_multiple,
        gap=asked.gap,
        node_limit=asked.node_limit,
    )
    ratios = CostRatios(**company.settings.costs.model_dump())
    return {"ratios": ratios, "switches": switches, "default_strategy": asked.strategy}
