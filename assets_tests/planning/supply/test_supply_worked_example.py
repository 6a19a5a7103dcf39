"""PUMPS and PRESSES: level and chase out of the optimiser equal the plain arithmetic."""

import dataclasses

import numpy as np
import pytest

from sop_pipeline.planning.supply import Families, Resources, Sources, SupplyInputs, Switches, Usages, Workforce, plan_supply

DAYS = np.array([20.0, 20, 22, 23, 15, 22])
DEMAND = np.array([1150.0, 1200, 1250, 1100, 1000, 1100])
BOOKINGS = np.array([210.0, 190, 230, 220, 180, 200])
PUMPS, PRESSES = 1, 0


def company(overtime_ratio: float = 0.2, switches: Switches | None = None) -> SupplyInputs:
    families = Families(
        ("PRESSES", "PUMPS"),
        np.stack([BOOKINGS, DEMAND]),
        np.stack([DAYS, DAYS]),
        opening_inventory_quantity=np.array([0.0, 1060]),
        opening_backlog_quantity=np.array([480.0, 0]),
        unit_value_amount=np.array([900.0, 62]),
        holding_cost=np.array([[13.5], [0.93]]),
        is_make_to_order=np.array([True, False]),
        target_inventory_quantity=np.array([[np.nan], [1000]]),
        target_backlog_quantity=np.array([[420], [np.nan]]),
    )
    regular = 14 * DAYS
    resources = Resources(
        ("assembly", "test_cell"),
        regular_capacity=np.stack([np.zeros(6), regular]),
        overtime_capacity=np.stack([np.zeros(6), overtime_ratio * regular]),
        overtime_cost=8.0,
    )
    return SupplyInputs(
        families,
        Sources(("main", "main"), [0, 1], [0, 0], unit_cost=np.array([[900.0], [62]])),
        resources=resources,
        usages=Usages([1, 1], [0, 1], [0, 0], [1.5, 0.25]),
        workforce=Workforce([0], 12, 7 * DAYS, hire_cost=100, layoff_cost=100, regular_wage_per_hour=10),
        switches=switches or Switches(),
    )


def test_level_produces_pumps_at_one_daily_rate_and_ends_at_the_target() -> None:
    plan = plan_supply(company(), "level").quantities
    np.testing.assert_allclose(plan.supply[PUMPS] / DAYS, 6740 / 122, rtol=1e-9)
    np.testing.assert_array_equal(np.round(plan.supply[PUMPS]), [1105, 1105, 1215, 1271, 829, 1215])
    np.testing.assert_array_equal(np.round(plan.inventory[PUMPS]), [1015, 920, 885, 1056, 885, 1000])


def test_level_loads_the_test_cell_evenly() -> None:
    plan = plan_supply(company(), "level").quantities
    np.testing.assert_allclose(plan.required[1] / (14 * DAYS), 0.98653, atol=5e-6)


def test_chase_produces_pumps_for_demand_and_pays_overtime_for_it() -> None:
    plan = plan_supply(company(), "chase").quantities
    np.testing.assert_allclose(plan.supply[PUMPS], [1090, 1200, 1250, 1100, 1000, 1100], rtol=1e-9)
    np.testing.assert_allclose(plan.required[1] / (14 * DAYS), [0.973, 1.071, 1.015, 0.854, 1.190, 0.893], atol=5e-4)
    np.testing.assert_allclose(plan.inventory[PUMPS], 1000, rtol=1e-9)
    np.testing.assert_allclose(plan.overload, 0, atol=1e-6)


def test_chase_without_overtime_stays_inside_the_test_cell_and_misses_the_target_by_308() -> None:
    plan = plan_supply(company(overtime_ratio=0.0), "chase").quantities
    assert (plan.supply[PUMPS] <= np.array([1120, 1120, 1232, 1288, 840, 1232]) + 1e-6).all()
    assert np.abs(plan.inventory[PUMPS] - 1000).sum() == pytest.approx(308, abs=1e-6)


def test_chase_that_shows_its_load_follows_demand_beyond_the_test_cell() -> None:
    plan = plan_supply(company(overtime_ratio=0.0, switches=Switches(overload="before_strategy")), "chase").quantities
    np.testing.assert_allclose(plan.supply[PUMPS], [1090, 1200, 1250, 1100, 1000, 1100], rtol=1e-9)
    np.testing.assert_allclose(plan.overload[1], 0.25 * np.array([0, 80, 18, 0, 160, 0]), atol=1e-6)


def test_level_brings_the_backlog_of_presses_to_its_target_at_one_daily_rate() -> None:
    plan = plan_supply(company(), "level").quantities
    np.testing.assert_allclose(plan.supply[PRESSES] / DAYS, 1290 / 122, rtol=1e-9)
    np.testing.assert_allclose(plan.backlog[PRESSES], [478.52, 457.05, 454.43, 431.23, 452.62, 420], atol=5e-3)


def test_chase_keeps_the_backlog_of_presses_at_its_target() -> None:
    plan = plan_supply(company(), "chase").quantities
    np.testing.assert_allclose(plan.backlog[PRESSES], 420, rtol=1e-9)


def test_level_may_change_its_rate_at_the_start_of_each_block() -> None:
    plan = plan_supply(company(switches=Switches(level_block_periods=3)), "level").quantities
    rate = plan.supply[PUMPS] / DAYS
    np.testing.assert_allclose(rate[:3], (3600 - 60) / 62, rtol=1e-9)
    np.testing.assert_allclose(rate[3:], 3200 / 60, rtol=1e-9)


def test_without_a_policy_level_and_chase_end_at_the_opening_stock_and_least_cost_is_free() -> None:
    inputs = company()
    families = dataclasses.replace(inputs.families, target_inventory_quantity=np.nan)
    inputs = dataclasses.replace(inputs, families=families)
    assert plan_supply(inputs, "level").quantities.inventory[PUMPS, -1] == pytest.approx(1060)
    np.testing.assert_allclose(plan_supply(inputs, "chase").quantities.inventory[PUMPS], 1060)
    assert plan_supply(inputs, "least_cost").quantities.inventory[PUMPS, -1] == pytest.approx(0, abs=1e-6)


def test_planned_gives_each_family_its_own_strategy() -> None:
    inputs = company()
    inputs = dataclasses.replace(inputs, families=dataclasses.replace(inputs.families, strategies=("chase", "level")))
    mixed = plan_supply(inputs, "planned").quantities.supply
    np.testing.assert_allclose(mixed[PUMPS], plan_supply(inputs, "level").quantities.supply[PUMPS], rtol=1e-9)
    np.testing.assert_allclose(mixed[PRESSES], plan_supply(inputs, "chase").quantities.supply[PRESSES], rtol=1e-9)


def test_least_cost_costs_no_more_than_hybrid_and_hybrid_no_more_than_level() -> None:
    inputs = company()
    least, hybrid, level = (plan_supply(inputs, name) for name in ("least_cost", "hybrid", "level"))
    changes = [np.abs(np.diff(plan.quantities.supply / DAYS, axis=1)).sum() for plan in (least, hybrid, level)]
    assert changes[0] >= changes[1] >= changes[2]
    assert least.solution.objective_amount <= hybrid.solution.objective_amount <= level.solution.objective_amount


def test_heads_follow_their_balance_and_give_the_hours_the_plan_takes() -> None:
    plan = plan_supply(company(), "chase").quantities
    before = np.concatenate([[12.0], plan.heads[0, :-1]])
    np.testing.assert_allclose(plan.heads[0], before + plan.hires[0] - plan.layoffs[0], atol=1e-9)
    assert (plan.required[0] <= plan.heads[0] * 7 * DAYS + 1e-6).all()
    needed = plan.required[0] / (7 * DAYS)
    assert needed.min() == pytest.approx(10.2, abs=0.05)
    assert needed.max() == pytest.approx(14.3, abs=0.05)
