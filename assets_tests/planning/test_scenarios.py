"""Scenarios: what their lines change in the frames of a plan, and what they leave alone."""

import datetime as dt
from typing import Any

import polars as pl
import pytest
from balance_frames import demand_rows, inputs, one, opening_row, series
from optimum_frames import money, optimum, planning_costs
from plan_frames import month, table

from sop_pipeline.contracts.core.masters import ItemCosts
from sop_pipeline.contracts.core.resources import FamilyUsage
from sop_pipeline.contracts.plan import FamilyDemand
from sop_pipeline.contracts.staging.planning import Scenarios
from sop_pipeline.planning.optimum import optimise_scenarios
from sop_pipeline.planning.optimum.costs import CostRatios
from sop_pipeline.planning.scenarios import change_demand, change_money, change_supply, scenario_lines
from sop_pipeline.planning.supply import Switches


def lines(*given: dict[str, Any]) -> pl.DataFrame:
    """Lines of the scenario `hot`, numbered in order."""
    rows = [{"scenario_id": "hot", "line": str(number), "scenario_name": "Hot", **line} for number, line in enumerate(given, start=1)]
    return table(Scenarios, rows)


def demand(quantities: dict[str, float | None]) -> pl.DataFrame:
    """The steps of one family and period, each with its change."""
    rows, before = [], 0.0
    for step, quantity in quantities.items():
        change = 0.0 if quantity is None else quantity - before
        rows.append(
            {
                "scenario_id": "base",
                "family_id": "F",
                "period_start": month(0),
                "step": step,
                "quantity": quantity,
                "change_quantity": change,
            }
        )
        before = before if quantity is None else quantity
    return table(FamilyDemand, rows)


def test_a_factor_changes_every_step_in_proportion() -> None:
    changed = change_demand(
        demand({"statistical": 100.0, "sales": 120.0, "executive": 110.0}), lines({"measure": "demand", "factor": 1.1}), "hot"
    )
    assert changed["quantity"].to_list() == pytest.approx([110, 132, 121])
    assert changed["change_quantity"].to_list() == pytest.approx([110, 22, -11])
    assert changed["scenario_id"].unique().to_list() == ["hot"]


def test_a_change_lands_on_the_last_step_and_the_steps_still_add_up() -> None:
    changed = change_demand(demand({"statistical": 100.0, "executive": 110.0}), lines({"measure": "demand", "change": 11.0}), "hot")
    assert changed["quantity"].to_list() == pytest.approx([110, 121])
    assert changed["change_quantity"].sum() == pytest.approx(121)


def test_a_change_of_a_family_without_demand_begins_with_its_first_known_step() -> None:
    changed = change_demand(
        demand({"statistical": None, "sales": 0.0, "executive": 0.0}), lines({"measure": "demand", "change": 5.0}), "hot"
    )
    assert changed["quantity"].to_list() == [None, 5, 5]
    assert changed["change_quantity"].to_list() == [0, 5, 0]


def test_demand_taken_away_never_leaves_less_than_none() -> None:
    changed = change_demand(demand({"statistical": 100.0, "executive": 50.0}), lines({"measure": "demand", "change": -80.0}), "hot")
    assert changed["quantity"].to_list() == [0, 0]


def test_a_line_speaks_of_its_family_and_periods_only_and_lines_apply_in_order() -> None:
    frame = pl.concat([demand({"executive": 100.0}).with_columns(period_start=pl.lit(month(t))) for t in range(3)])
    asked = lines(
        {"measure": "demand", "factor": 2.0, "period_from": month(1), "period_to": month(1), "family_id": "F"},
        {"measure": "demand", "change": 10.0, "period_from": month(1)},
        {"measure": "demand", "factor": 9.0, "family_id": "ANOTHER"},
    )
    assert change_demand(frame, asked, "hot").sort("period_start")["quantity"].to_list() == pytest.approx([100, 210, 110])


def test_the_tenth_line_comes_after_the_ninth() -> None:
    frame = lines(*({"measure": "demand", "factor": 1.0} for _ in range(10))).reverse()
    assert [line["line"] for line in scenario_lines(frame, "hot")] == [str(number) for number in range(1, 11)]


def test_a_dearer_component_makes_what_it_goes_into_dearer() -> None:
    frames = inputs(
        horizon=1,
        families=[{"family_id": family} for family in ("CELL", "PACK", "TRUCK")],
    )
    usage = table(
        FamilyUsage,
        [
            {"family_id": "PACK", "component_family_id": "CELL", "lead_time_offset_periods": 0, "quantity_per_unit": 4.0},
            {"family_id": "TRUCK", "component_family_id": "PACK", "lead_time_offset_periods": 1, "quantity_per_unit": 2.0},
        ],
    )
    changed = change_money(money(frames), usage, lines({"measure": "cost", "family_id": "CELL", "change": 1.0}), "hot", dt.date(2026, 4, 1))
    costs = dict(changed.filter(pl.col("period_start") == month(0)).select("family_id", "unit_cost_amount").iter_rows())
    assert costs == pytest.approx({"CELL": 61, "PACK": 64, "TRUCK": 68})


def test_capacity_targets_and_given_costs_change_in_their_tables() -> None:
    frames = one(
        demand=[10.0, 10.0],
        inventory_policies=[{"family_id": "F", "period_start": month(0), "target_quantity": 50.0, "target_days_of_supply": 10.0}],
        resource_capacity=[
            {"resource_id": "MILL", "period_start": month(0), "working_days": 20.0, "regular_capacity": 80.0, "overtime_capacity": 8.0}
        ],
        workforce=[{"resource_id": "CREW", "period_start": month(0), "opening_headcount": 5.0, "regular_hours_per_head": 140.0}],
    )
    frames["planning_costs"] = planning_costs(
        frames, ("family", "F", "purchase_cost_per_unit", 7.0), ("resource", "CREW", "regular_wage_per_hour", 30.0)
    )
    changed = change_supply(
        frames,
        lines(
            {"measure": "capacity", "factor": 0.5},
            {"measure": "inventory_target", "change": -20.0},
            {"measure": "cost", "factor": 2.0, "family_id": "F"},
            {"measure": "cost", "factor": 1.1, "resource_id": "CREW"},
        ),
        "hot",
    )
    assert changed["resource_capacity"].row(0, named=True) | {"regular_capacity": 40, "overtime_capacity": 4} == changed[
        "resource_capacity"
    ].row(0, named=True)
    assert changed["workforce"]["regular_hours_per_head"].to_list() == [70]
    assert changed["inventory_policies"].select("target_quantity", "target_days_of_supply").row(0) == (30, 10)
    assert sorted(set(changed["planning_costs"]["cost_value"])) == pytest.approx([14, 33])


def test_scenarios_stand_below_base_in_the_same_tables_as_they_would_be_published() -> None:
    frames = inputs(
        horizon=3,
        families=[{"family_id": "F"}],
        family_demand=demand_rows("F", [100.0] * 3),
        family_history=[opening_row("F", 0.0)],
        site_working_days=[
            {"site_id": "", "period_start": month(t), "working_days": 20.0, "remaining_working_days": 20.0} for t in range(3)
        ],
    )
    asked = lines({"measure": "demand", "factor": 1.5})
    costs = {
        "planning_costs": planning_costs(frames),
        "family_money": money(frames),
        "item_costs": table(ItemCosts, []),
    }
    hot = {
        "family_demand": change_demand(frames["family_demand"], asked, "hot"),
        "family_money": change_money(costs["family_money"], frames["family_usage"], asked, "hot", month(0)),
    }
    settings = {"ratios": CostRatios(), "switches": Switches(), "default_strategy": "chase"}
    planned = optimise_scenarios(
        tables=frames | {"family_demand": pl.concat([frames["family_demand"], hot["family_demand"]])},
        costs=costs | {"family_money": pl.concat([costs["family_money"], hot["family_money"]])},
        scenarios=asked,
        **settings,
    )
    balance = planned["family_balance"]
    assert series(balance, "production_quantity", "planned", scenario_id="base") == [100, 100, 100]
    assert series(balance, "production_quantity", "planned", scenario_id="hot") == [150, 150, 150]
    assert balance.filter(scenario_id="hot")["strategy"].unique().to_list() == ["planned"]
    alone = optimum(frames, default_strategy="chase").family_balance
    assert balance.filter(scenario_id="base").equals(alone)
