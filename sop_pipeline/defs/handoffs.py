"""The hand-offs of the plan stage: which tables they read and write. The work itself is `planning/handoffs/`."""

from typing import Any

from sop_pipeline.company import Company
from sop_pipeline.defs.model_tables import Frames, Model
from sop_pipeline.planning.handoffs.horizon import horizon_of
from sop_pipeline.planning.handoffs.item_supply import split_to_items
from sop_pipeline.planning.handoffs.material import plan_materials
from sop_pipeline.planning.handoffs.mix_load import load_of_mix
from sop_pipeline.planning.handoffs.supplier_orders import order_from_suppliers

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
    item_supply = split_to_items(horizon, **_named(frames, SPLIT_READS))
    mix_load = load_of_mix(
        horizon,
        item_supply=item_supply,
        **_named(frames, ("plan.family_supply", "core.items", "core.planning_options", *ITEM_READS[11:])),
    )
    return {"plan.item_supply": item_supply, "plan.mix_load": mix_load}


def _order(frames: Frames, company: Company) -> Frames:
    horizon = horizon_of(frames["core.periods"], company.as_of_date)
    materials = plan_materials(horizon, **_named(frames, MATERIAL_READS))
    orders = order_from_suppliers(
        horizon, material_requirements=materials, **_named(frames, ("core.item_suppliers", "core.items", "core.supplier_quotas"))
    )
    return {"plan.material_requirements": materials, "plan.supplier_orders": orders}


MODELS = (
    Model(("plan.item_supply", "plan.mix_load"), ITEM_READS, _split, frozenset()),
    Model(("plan.material_requirements", "plan.supplier_orders"), (*MATERIAL_READS, "core.periods"), _order, frozenset()),
)
