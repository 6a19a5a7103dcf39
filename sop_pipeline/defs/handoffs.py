"""The hand-offs of the plan stage: which tables they read and write. The work itself is `planning/handoffs/`."""

from typing import Any

import polars as pl

from sop_pipeline.company import Company
from sop_pipeline.defs.model_tables import Frames, Model
from sop_pipeline.planning.handoffs.horizon import horizon_of
from sop_pipeline.planning.handoffs.item_supply import split_to_items
from sop_pipeline.planning.handoffs.material import plan_materials
from sop_pipeline.planning.handoffs.mix_load import load_of_mix
from sop_pipeline.planning.handoffs.purchases import plan_of_strategy, purchases_of
from sop_pipeline.planning.handoffs.supplier_orders import order_from_suppliers
from sop_pipeline.planning.optimum.reads import SCENARIOS
from sop_pipeline.planning.scenarios import BASE, change_supply, scenario_ids

ITEM_READS = (
    "plan.family_supply",
    "plan.family_balance",
    "plan.item_demand",
    "core.periods",
    "core.family_history",
    "core.items",
    "core.item_mix",
    "core.item_sources",
    "core.item_positions",
    "core.item_requirements",
    "core.planning_options",
    "core.item_resources",
    "core.family_resources",
    "core.resources",
)
LOAD_READS = ("plan.family_supply", "core.items", "core.planning_options", *ITEM_READS[11:])
SPLIT_READS = ITEM_READS[:3] + ITEM_READS[4:11]

MATERIAL_READS = (
    "plan.item_supply",
    "plan.family_supply",
    "plan.family_balance",
    "core.family_history",
    "plan.item_demand",
    "core.items",
    "core.item_components",
    "core.item_suppliers",
    "core.item_positions",
    "core.scheduled_receipts",
    "core.planning_options",
    "core.supplier_quotas",
)


def _named(frames: Frames, addresses: tuple[str, ...]) -> dict[str, Any]:
    """Frames as the arguments of a planning function: every argument is called like the table it takes."""
    return {address.split(".")[1]: frames[address] for address in addresses}


def _split(frames: Frames, company: Company) -> Frames:
    horizon = horizon_of(frames["core.periods"], company.as_of_date)
    split, load = _named(frames, SPLIT_READS), _named(frames, LOAD_READS)
    supplies, loads = [], []
    for scenario in _scenarios(frames):
        supplies.append(split_to_items(horizon, scenario_id=scenario, **split))
        loads.append(load_of_mix(horizon, scenario_id=scenario, item_supply=supplies[-1], **load))
    return {"plan.item_supply": pl.concat(supplies), "plan.mix_load": pl.concat(loads)}


def _order(frames: Frames, company: Company) -> Frames:
    horizon = horizon_of(frames["core.periods"], company.as_of_date)
    named, suppliers = _named(frames, MATERIAL_READS), _named(frames, ("core.item_suppliers", "core.items"))
    materials, orders, purchases = [], [], []

    def order(scenario: str, changes: dict[str, pl.DataFrame]) -> tuple[pl.DataFrame, pl.DataFrame]:
        quotas = change_supply({"supplier_quotas": frames["core.supplier_quotas"]}, frames[SCENARIOS], scenario)
        required = plan_materials(horizon, scenario_id=scenario, **(named | quotas | changes))
        return required, order_from_suppliers(horizon, material_requirements=required, **suppliers, **quotas)

    for scenario in _scenarios(frames):
        required, ordered = order(scenario, {})
        materials.append(required)
        orders.append(ordered)
        purchases.append(purchases_of("planned", required, ordered, frames["core.items"]))
    split, (supply, balance) = _named(frames, SPLIT_READS), (frames[address] for address in SPLIT_READS[:2])
    for strategy in sorted(set(supply["strategy"]) - {"planned"}):
        plan = plan_of_strategy(supply, balance, strategy)
        if plan is None:
            purchases.append(purchases[0].with_columns(strategy=pl.lit(strategy)))
        else:
            changes = plan | {"item_supply": split_to_items(horizon, **(split | plan))}
            purchases.append(purchases_of(strategy, *order(BASE, changes), frames["core.items"]))
    return {
        "plan.material_requirements": pl.concat(materials),
        "plan.supplier_orders": pl.concat(orders),
        "plan.strategy_purchases": pl.concat(purchases),
    }


def _scenarios(frames: Frames) -> list[str]:
    """Base, then the scenarios that were planned beside it."""
    return [BASE, *scenario_ids(frames["plan.family_supply"])]


MODELS = (
    Model(("plan.item_supply", "plan.mix_load"), ITEM_READS, _split, frozenset()),
    Model(
        ("plan.material_requirements", "plan.supplier_orders", "plan.strategy_purchases"),
        tuple(dict.fromkeys((*MATERIAL_READS, *SPLIT_READS, "core.periods", SCENARIOS))),
        _order,
        frozenset(),
    ),
)
