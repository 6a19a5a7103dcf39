"""The plan stage: which tables it reads and writes. The planning itself is `planning/`."""

from collections.abc import Mapping

import dagster as dg

from sop_pipeline.company import Company
from sop_pipeline.defs.model_tables import Frames, Model, model_stage
from sop_pipeline.planning.consensus import plan_family_demand
from sop_pipeline.sql_files import SqlFile

DEMAND_READS = (
    "forecast.family_forecast",
    "forecast.item_forecast",
    "core.sales_submissions",
    "core.promotion_periods",
    "core.overrides",
    "core.families",
    "core.items",
    "core.item_mix",
    "core.periods",
    "core.family_history",
)


def plan_stage(rules: Mapping[str, SqlFile]) -> dg.AssetsDefinition:
    """The stage of schema plan."""
    demand = Model(("plan.family_demand", "plan.item_demand"), DEMAND_READS, _plan_demand, frozenset())
    return model_stage("plan", [demand], rules)


def _plan_demand(frames: Frames, company: Company) -> Frames:  # noqa: ARG001 - every model is called alike
    plan = plan_family_demand(**{address.split(".")[1]: frames[address] for address in DEMAND_READS})
    return {"plan.family_demand": plan.family_demand, "plan.item_demand": plan.item_demand}
