"""The supply plan: one linear programme per scenario and strategy, from typed arrays to verified quantities, money and marginal values."""

from sop_pipeline.planning.supply.arrays import InputError
from sop_pipeline.planning.supply.inputs import (
    Families,
    Issues,
    KindLimits,
    Resources,
    Sources,
    StockUsages,
    SupplyInputs,
    Timing,
    Usages,
    Workforce,
)
from sop_pipeline.planning.supply.planner import SupplyPlan, plan_supply
from sop_pipeline.planning.supply.recompute import PlanMismatchError
from sop_pipeline.planning.supply.solve import SolverError
from sop_pipeline.planning.supply.switches import Switches

__all__ = [
    "Families",
    "InputError",
    "Issues",
    "KindLimits",
    "PlanMismatchError",
    "Resources",
    "SolverError",
    "Sources",
    "StockUsages",
    "SupplyInputs",
    "SupplyPlan",
    "Switches",
    "Timing",
    "Usages",
    "Workforce",
    "plan_supply",
]
