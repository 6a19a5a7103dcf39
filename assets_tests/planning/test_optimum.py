"""The night's optimal plan: limits kept, overrides kept even where they overload, choices by cost, and what is told about it."""

from typing import Any

import polars as pl
import pytest
from balance_frames import one, series
from optimum_frames import COST, money, optimum
from plan_frames import month, table

from sop_pipeline.contracts.staging.supply_chain import SupplierCapacity
from sop_pipeline.planning.optimum import OptimumResult
from sop_pipeline.planning.optimum.comparison import costs_by_kind
from sop_pipeline.planning.supply import Switches

MADE = [{"family_id": "F", "source_kind": "production", "source_id": "main", "share_ratio": 1.0}]
MILL = {
    "resources": [{"resource_id": "MILL"}],
    "family_resources": [{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 1.0, "lead_time_offset_periods": 0}],
}


def mill(capacity: list[float], overtime: float = 0.0) -> list[dict[str, Any]]:
    return [
        {"resource_id": "MILL", "period_start": month(t), "working_days": 20.0, "regular_capacity": most, "overtime_capacity": overtime}
        for t, most in enumerate(capacity)
    ]


def policy(strategy: str, periods: int, **columns: Any) -> list[dict[str, Any]]:
    return [{"family_id": "F", "period_start": month(t), "strategy": strategy} | columns for t in range(periods)]


def planned(frame: pl.DataFrame, column: str) -> list[Any]:
    return series(frame, column, "planned")


def test_least_cost_makes_ahead_of_a_full_resource_and_no_earlier_than_it_must() -> None:
    result = optimum(one(demand=[50.0, 50.0, 130.0, 50.0], resource_capacity=mill([100.0] * 4), **MILL), default_strategy="least_cost")
    assert planned(result.family_balance, "production_quantity") == pytest.approx([50, 80, 100, 50], abs=1e-5)
    assert planned(result.resource_load, "load_status") == ["free", "free", "full", "free"]
    assert planned(result.resource_load, "marginal_value_amount")[2] == pytest.approx(COST * 0.18 / 12, rel=1e-3)


def test_a_published_chase_stays_inside_capacity_and_the_compared_one_shows_the_load_it_would_need() -> None:
    result = optimum(one(demand=[50.0, 120.0, 50.0], resource_capacity=mill([100.0] * 3), **MILL), default_strategy="chase")
    assert max(planned(result.family_balance, "production_quantity")) == pytest.approx(100)
    assert series(result.family_balance, "production_quantity", "chase") == pytest.approx([50, 120, 50], abs=1e-5)
    assert series(result.resource_load, "load_status", "chase") == ["free", "overloaded", "free"]


def test_an_override_is_kept_even_where_it_overloads() -> None:
    order = {"override_id": "1", "measure": "production", "family_id": "F", "period_start": month(1), "step": "executive"}
    result = optimum(
        one(demand=[50.0] * 3, resource_capacity=mill([100.0] * 3), overrides=[order | {"quantity": 140.0}], **MILL),
        default_strategy="least_cost",
    )
    assert planned(result.family_balance, "production_quantity")[1] == 140
    assert planned(result.family_balance, "balance_status")[1] == "overloaded"


def test_a_change_is_measured_against_the_plan_without_it() -> None:
    order = {"override_id": "1", "measure": "production", "family_id": "F", "period_start": month(1), "step": "executive"}
    result = optimum(
        one(demand=[50.0, 50.0, 130.0, 50.0], resource_capacity=mill([100.0] * 4), overrides=[order | {"change_ratio": 0.1}], **MILL),
        default_strategy="least_cost",
    )
    assert planned(result.family_balance, "production_quantity")[1] == pytest.approx(88, abs=1e-4)


def test_subcontracting_fills_up_where_it_is_allowed_and_only_there() -> None:
    sources = [*MADE, {"family_id": "F", "source_kind": "subcontract", "source_id": "KOWAL", "share_ratio": 0.0}]
    given = ("family", "F", "subcontract_cost_per_unit", 90.0)
    frames = {"demand": [130.0, 130.0], "resource_capacity": mill([100.0] * 2), "family_sources": sources, **MILL}
    allowed = optimum(one(supply_policies=policy("least_cost", 2, is_subcontract_allowed=True), **frames), given)
    assert planned(allowed.family_balance, "subcontract_quantity") == pytest.approx([30, 30], abs=1e-5)
    costs = allowed.family_supply.filter(strategy="planned", source_kind="subcontract")["supply_cost_amount"]
    assert costs.to_list() == pytest.approx([2700, 2700], abs=1e-3)
    forbidden = optimum(one(supply_policies=policy("least_cost", 2), **frames), given)
    assert planned(forbidden.family_balance, "closing_shortage_quantity") == pytest.approx([30, 60], abs=1e-5)


def test_what_cannot_be_met_waits_or_is_lost_where_losing_is_allowed() -> None:
    frames = {"demand": [130.0, 60.0], "resource_capacity": mill([100.0] * 2), **MILL}
    waits = optimum(one(supply_policies=policy("least_cost", 2), **frames))
    assert planned(waits.family_balance, "closing_shortage_quantity") == pytest.approx([30, 0], abs=1e-5)
    cheap = ("family", "F", "lost_sale_cost_per_unit", 1.0)
    loses = optimum(one(supply_policies=policy("least_cost", 2, are_lost_sales_allowed=True), **frames), cheap)
    assert planned(loses.family_balance, "lost_sales_quantity")[0] >= 30 - 1e-5
    assert planned(loses.family_balance, "closing_shortage_quantity") == [0, 0]


def test_a_shortage_is_pegged_to_the_resource_it_hangs_on_with_the_effect_of_relief() -> None:
    result = optimum(one(demand=[130.0, 60.0], resource_capacity=mill([100.0] * 2), **MILL), default_strategy="least_cost")
    row = result.shortage_pegs.row(0, named=True)
    assert (row["resource_id"], row["period_start"], row["window_start"]) == ("MILL", month(0), month(0))
    assert (row["shortage_quantity"], row["share_ratio"], row["relief_quantity"]) == pytest.approx((30, 1, 10), abs=1e-5)


def test_a_plan_may_change_its_strategy_in_time() -> None:
    policies = [{"family_id": "F", "period_start": month(t), "strategy": "level" if t < 2 else "chase"} for t in range(4)]
    targets = [{"family_id": "F", "period_start": month(t), "target_quantity": 0.0} for t in range(4)]
    result = optimum(one(demand=[10.0, 30.0, 50.0, 20.0], supply_policies=policies, inventory_policies=targets))
    assert planned(result.family_balance, "production_quantity") == pytest.approx([20, 20, 50, 20], abs=1e-5)
    assert planned(result.family_balance, "applied_strategy") == ["level", "level", "chase", "chase"]


def test_unknown_capacity_limits_nothing_and_says_so_and_none_at_all_makes_nothing() -> None:
    unknown = optimum(one(demand=[50.0, 50.0], **MILL), default_strategy="least_cost")
    assert planned(unknown.family_balance, "production_quantity") == pytest.approx([50, 50])
    assert planned(unknown.resource_load, "note") == ["capacity not known: no limit to the plan"] * 2
    closed = optimum(one(demand=[50.0, 50.0], resource_capacity=mill([0.0, 0.0]), **MILL), default_strategy="least_cost")
    assert planned(closed.family_balance, "production_quantity") == [0, 0]


def test_capacity_needed_after_the_horizon_is_kept_free_for_it() -> None:
    usage = [{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 1.0, "lead_time_offset_periods": 1}]
    frames = one(demand=[50.0, 50.0, 50.0], resources=MILL["resources"], family_resources=usage, resource_capacity=mill([100.0] * 3))
    load = optimum(frames, default_strategy="chase").resource_load
    assert planned(load, "required_capacity") == pytest.approx([50, 50, 50], abs=1e-4)


def test_whole_heads_are_whole_and_given_costs_are_in_the_total() -> None:
    frames = one(
        demand=[100.0, 120.0],
        resources=[{"resource_id": "CREW", "resource_type": "labour", "is_headcount_based": True}],
        family_resources=[{"family_id": "F", "resource_id": "CREW", "usage_per_unit": 1.0, "lead_time_offset_periods": 0}],
        workforce=[
            {
                "resource_id": "CREW",
                "period_start": month(t),
                "opening_headcount": 3.0,
                "regular_hours_per_head": 30.0,
                "overtime_hours_per_head": 0.0,
                "expected_leavers": 0.0,
                "temporary_headcount": 0.0,
            }
            for t in range(2)
        ],
    )
    given = (
        ("company", "", "regular_wage_per_hour", 10.0),
        ("company", "", "hire_cost_per_head", 500.0),
        ("company", "", "production_cost_per_unit", 2.0),
    )
    result = optimum(frames, *given, switches=Switches(whole_heads="up"), default_strategy="chase")
    heads = result.workforce_plan.filter(strategy="planned").sort("period_start")
    assert heads["planned_heads"].to_list() == [4, 4]
    measures = dict(result.strategy_comparison.filter(strategy="planned", family_id="*").select("measure", "value").iter_rows())
    assert measures["regular_labour_cost"] == pytest.approx(2 * 4 * 30 * 10)
    assert (measures["hiring_cost"], measures["production_cost"]) == pytest.approx((500, 440))
    listed = set(result.derived_costs.filter(pl.col("is_money"))["cost"])
    assert listed == {"holding_cost"}


def test_hours_that_nobody_priced_steer_the_plan_and_are_in_no_total() -> None:
    result = optimum(one(demand=[50.0, 150.0], resource_capacity=mill([100.0] * 2, overtime=60.0), **MILL), default_strategy="chase")
    measures = dict(result.strategy_comparison.filter(strategy="planned", family_id="*").select("measure", "value").iter_rows())
    assert measures["overtime_hours"] == pytest.approx(50, abs=1e-4)
    assert measures["overtime_cost"] == 0
    steering = result.derived_costs.filter(pl.col("cost") == "overtime_cost")
    assert steering["is_money"].to_list() == [False]


def bought(*limits: dict[str, Any], **rows: Any) -> OptimumResult:
    """A family bought of one supplier, whose limits are given."""
    frames = one(family_sources=[{"family_id": "F", "source_kind": "purchase", "source_id": "S", "share_ratio": 1.0}], **rows)
    frames["supplier_capacity"] = table(
        SupplierCapacity, [{"supplier_id": "S", "period_start": month(t)} | row for t, row in enumerate(limits)]
    )
    return optimum(frames, default_strategy="least_cost")


def test_purchases_stay_within_what_the_supplier_can_deliver() -> None:
    result = bought({"maximum_quantity": 100}, {"maximum_quantity": 100}, demand=[60.0, 130.0, 150.0])
    assert planned(result.family_balance, "purchase_quantity") == pytest.approx([90, 100, 150], abs=1e-5)


def test_a_limit_of_one_of_several_items_limits_no_family_and_of_all_of_them_does() -> None:
    items = [{"item_id": item, "family_id": "F", "sourcing": "buy", "planning_units_per_unit": 2.0} for item in ("A", "B")]
    one_item = bought({"maximum_quantity": 10, "item_id": "A"}, demand=[60.0], items=items)
    assert planned(one_item.family_balance, "purchase_quantity") == pytest.approx([60])
    frames = one(
        demand=[60.0], items=items, family_sources=[{"family_id": "F", "source_kind": "purchase", "source_id": "S", "share_ratio": 1.0}]
    )
    limits = [{"supplier_id": "S", "period_start": month(0), "item_id": item, "maximum_quantity": 10} for item in ("A", "B")]
    frames["supplier_capacity"] = table(SupplierCapacity, limits)
    both = optimum(frames, default_strategy="least_cost")
    assert planned(both.family_balance, "purchase_quantity") == pytest.approx([40])


def test_steadier_production_changes_less_and_costs_no_less() -> None:
    frames = one(demand=[50.0, 150.0, 70.0, 130.0, 40.0, 160.0], resource_capacity=mill([200.0] * 6), **MILL)
    curve = optimum(frames, default_strategy="least_cost").stability_curve.sort("stability_weight")
    changes, costs = curve["rate_change_ratio"].to_list(), curve["total_cost_amount"].to_list()
    assert changes == sorted(changes, reverse=True)
    assert changes[0] > changes[-1] == pytest.approx(0, abs=1e-6)
    assert costs[0] == min(costs) < costs[-1]


def test_the_costs_of_a_plan_by_kind_sum_to_its_total() -> None:
    given = (("company", "", "production_cost_per_unit", 7.0), ("company", "", "holding_cost_per_unit_period", 1.0))
    result = optimum(one(demand=[50.0, 150.0], resource_capacity=mill([100.0] * 2), **MILL), *given, default_strategy="least_cost")
    costs = dict(costs_by_kind(result.strategy_comparison).iter_rows())
    assert next(iter(costs)) == "production_cost"
    assert list(costs)[-1] == "total_cost"
    assert (costs["production_cost"], costs["holding_cost"]) == pytest.approx((1400, 50), abs=1e-4)
    assert sum(list(costs.values())[:-1]) == pytest.approx(costs["total_cost"])


def test_average_stock_is_worth_what_its_units_cost_in_each_period() -> None:
    """200 at the end of a period at 60, 100 at the end of one at 90: not 150 at the mean cost of 75."""
    frames = one(demand=[0.0, 100.0], stock=200.0)
    dearer = pl.when(pl.col("period_start") == month(1)).then(90.0).otherwise(60.0)
    result = optimum(frames, family_money=money(frames).with_columns(unit_cost_amount=dearer), default_strategy="least_cost")
    average = result.strategy_comparison.filter(measure="average_inventory_amount", strategy="planned", family_id="*")
    assert average["value"].item() == pytest.approx((200 * 60 + 100 * 90) / 2)


def test_staying_near_the_approved_plan_is_costed_and_nothing_is_said_where_nothing_is_approved() -> None:
    approved = [{"family_id": "F", "period_start": month(t), "approved_production_quantity": most} for t, most in enumerate((80.0, 20.0))]
    frames = {"demand": [50.0, 50.0], "resource_capacity": mill([100.0] * 2), **MILL}
    near = optimum(one(approved_plans=approved, **frames), default_strategy="least_cost")
    regret = near.strategy_comparison.filter(pl.col("measure") == "anchor_regret")
    assert regret.select("strategy", "family_id").row(0) == ("planned", "*")
    kept = planned(near.family_balance, "closing_inventory_quantity")[0]
    assert regret["value"].item() == pytest.approx(kept * COST * 0.18 / 12, abs=1e-4)
    assert optimum(one(**frames)).strategy_comparison.filter(pl.col("measure") == "anchor_regret").is_empty()


def test_a_chase_without_overtime_stays_inside_the_test_cell_and_misses_its_targets_by_308() -> None:
    days = [20.0, 20.0, 22.0, 23.0, 15.0, 22.0]
    frames = one(
        demand=[1150.0, 1200.0, 1250.0, 1100.0, 1000.0, 1100.0],
        stock=1060.0,
        days=days,
        inventory_policies=[{"family_id": "F", "period_start": month(t), "target_quantity": 1000.0} for t in range(6)],
        resources=[{"resource_id": "MILL"}],
        family_resources=[{"family_id": "F", "resource_id": "MILL", "usage_per_unit": 0.25, "lead_time_offset_periods": 0}],
        resource_capacity=mill([14 * day for day in days]),
    )
    balance = optimum(frames, default_strategy="chase").family_balance
    made = planned(balance, "production_quantity")
    assert all(quantity <= most + 1e-4 for quantity, most in zip(made, (1120, 1120, 1232, 1288, 840, 1232), strict=True))
    assert sum(abs(closing - 1000) for closing in planned(balance, "closing_inventory_quantity")) == pytest.approx(308, abs=1e-3)
    assert series(balance, "production_quantity", "chase") == pytest.approx([1090, 1200, 1250, 1100, 1000, 1100], abs=1e-4)
