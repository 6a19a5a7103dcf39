"""The night's supply plan for tests: the frames of the balance with costs beside them, and what must hold of every plan."""

from typing import Any

import polars as pl
from balance_frames import assert_contracts, assert_identities
from plan_frames import assert_contract, table

from sop_pipeline.contracts.core.masters import ItemCosts, PlanningCosts
from sop_pipeline.contracts.optimum import DerivedCosts, ShortagePegs, StabilityCurve, StrategyComparison
from sop_pipeline.contracts.plan import FamilyMoney
from sop_pipeline.planning.optimum import OptimumResult, optimise_supply
from sop_pipeline.planning.optimum.costs import CostRatios
from sop_pipeline.planning.supply import Switches

PRICE, COST = 100.0, 60.0


def money(frames: dict[str, pl.DataFrame], cost: float = COST) -> pl.DataFrame:
    """Every family at the same price and standard cost."""
    planned = frames["periods"].filter(pl.col("periods_from_now") >= 0)["period_start"].to_list()
    return table(
        FamilyMoney,
        [
            {
                "scenario_id": "base",
                "family_id": family,
                "period_start": start,
                "net_price_amount": PRICE,
                "net_price_budget_rate_amount": PRICE,
                "unit_cost_amount": cost,
            }
            for family in frames["families"]["family_id"]
            for start in planned
        ],
    )


def planning_costs(frames: dict[str, pl.DataFrame], *given: tuple[str, str, str, float]) -> pl.DataFrame:
    """Costs as (scope, scope_id, cost_type, value), the same in every planned period."""
    planned = frames["periods"].filter(pl.col("periods_from_now") >= 0)["period_start"].to_list()
    return table(
        PlanningCosts,
        [
            {"scope": scope, "scope_id": scope_id, "cost_type": cost_type, "period_start": start, "cost_value": value}
            for scope, scope_id, cost_type, value in given
            for start in planned
        ],
    )


def optimum(
    frames: dict[str, pl.DataFrame],
    *given: tuple[str, str, str, float],
    switches: Switches | None = None,
    family_money: pl.DataFrame | None = None,
    **settings: Any,
) -> OptimumResult:
    """The plans of a company, with their identities checked."""
    worth = money(frames) if family_money is None else family_money
    costs = {"planning_costs": planning_costs(frames, *given), "family_money": worth, "item_costs": table(ItemCosts, [])}
    asked = {"default_strategy": "level", "ratios": CostRatios()} | settings
    result = optimise_supply(tables=frames, costs=costs, switches=switches or Switches(), **asked)
    assert_identities(frames, result)
    return result


def assert_all_contracts(frames: dict[str, pl.DataFrame], result: OptimumResult) -> None:
    assert_contracts(frames, result)
    for contract, frame in (
        (StrategyComparison, result.strategy_comparison),
        (StabilityCurve, result.stability_curve),
        (DerivedCosts, result.derived_costs),
        (ShortagePegs, result.shortage_pegs),
    ):
        assert_contract(contract, frame)
