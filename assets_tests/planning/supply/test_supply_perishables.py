"""Stock that keeps for some periods only, against units followed one by one; runs that are made whole or not at all."""

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sop_pipeline.planning.supply import Families, KindLimits, Resources, Sources, StockUsages, SupplyInputs, Switches, plan_supply
from sop_pipeline.planning.supply.inputs import STRATEGIES
from sop_pipeline.planning.supply.planner import SupplyPlan

MADE = Sources(("main",), [0], [0], unit_cost=3.0)


def spoiled_by_hand(supply: np.ndarray, demand: np.ndarray, cohorts: list[tuple[int, float]], life: int) -> list[float]:
    """What spoils where customers get the oldest units first. `cohorts`: period in which a part of the opening stock was made, units."""
    stock = [list(cohort) for cohort in cohorts]
    waiting, spoiled = 0.0, []
    for period, (made, wanted) in enumerate(zip(supply, demand, strict=True)):
        stock.append([period, made])
        waiting += wanted
        for cohort in stock:
            taken = min(waiting, cohort[1])
            cohort[1] -= taken
            waiting -= taken
        old = [cohort for cohort in stock if cohort[0] <= period - life]
        spoiled.append(sum(quantity for _, quantity in old))
        stock = [cohort for cohort in stock if cohort[0] > period - life]
    return spoiled


def fresh_of(cohorts: list[tuple[int, float]], life: int, periods: int) -> np.ndarray:
    return np.array([[sum(quantity for made, quantity in cohorts if made > period - life) for period in range(periods)]])


def assert_spoils_by_hand(plan: SupplyPlan, cohorts: list[tuple[int, float]], life: int) -> None:
    done = plan.quantities
    expected = spoiled_by_hand(done.supply[0], plan.inputs.families.demand_quantity[0] - done.lost_sales[0], cohorts, life)
    np.testing.assert_allclose(done.scrap[0], expected, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    demand=st.lists(st.integers(0, 40), min_size=2, max_size=8),
    least=st.lists(st.integers(0, 40), min_size=8, max_size=8),
    opening=st.lists(st.integers(0, 40), min_size=4, max_size=4),
    life=st.integers(1, 4),
    asked=st.tuples(st.sampled_from(STRATEGIES), st.sampled_from(["nothing", "target", "maximum", "override"])),
)
def test_what_spoils_is_what_is_left_of_the_oldest_units(
    demand: list[int], least: list[int], opening: list[int], life: int, asked: tuple[str, str]
) -> None:
    periods, (strategy, policy) = len(demand), asked
    cohorts = [(period, float(quantity)) for period, quantity in zip(range(-4, 0), opening, strict=True) if period > -life - 1]
    families = Families(
        ("a",),
        np.array([demand], dtype=float),
        unit_value_amount=5.0,
        holding_cost=0.4,
        opening_inventory_quantity=sum(quantity for _, quantity in cohorts),
        shelf_life_periods=life,
        fresh_opening_quantity=fresh_of(cohorts, life, periods),
        target_inventory_quantity=3.0 if policy == "target" else np.nan,
        maximum_inventory_quantity=5.0 if policy == "maximum" else np.nan,
        inventory_override_quantity=4.0 if policy == "override" else np.nan,
    )
    limits = np.zeros((3, 1, periods))
    limits[0, 0] = least[:periods]
    inputs = SupplyInputs(families, MADE, KindLimits(minimum_quantity=limits))
    assert_spoils_by_hand(plan_supply(inputs, strategy), cohorts, life)


def test_a_full_store_is_no_reason_to_throw_away_what_still_keeps() -> None:
    families = Families(
        ("a",),
        np.array([[10.0, 10.0, 10.0, 10.0]]),
        unit_value_amount=5.0,
        opening_inventory_quantity=50.0,
        shelf_life_periods=3,
        fresh_opening_quantity=np.array([[50.0, 50.0, 0.0, 0.0]]),
    )
    inputs = SupplyInputs(families, MADE, resources=Resources(("store",), regular_capacity=6.0), stock_usages=StockUsages([0], [0], [1.0]))
    done = plan_supply(inputs, "least_cost").quantities
    assert done.inventory[0, :2].tolist() == pytest.approx([40.0, 30.0])
    assert done.scrap[0].tolist() == pytest.approx([0.0, 0.0, 20.0, 0.0])


@pytest.mark.parametrize("seed", range(6))
def test_runs_of_what_spoils_cost_what_trying_every_plan_costs(seed: int) -> None:
    random = np.random.default_rng(seed)
    demand, life, run = random.integers(0, 5, 4).astype(float), int(random.integers(1, 3)), 3
    costs, holding = random.integers(1, 9, 4).astype(float), random.uniform(0.1, 1.0)
    families = Families(
        ("a",), demand[None], unit_value_amount=5, holding_cost=holding, maximum_backlog_quantity=0, shelf_life_periods=life
    )
    sources = Sources(("main",), [0], [0], unit_cost=costs[None], minimum_run_quantity=float(run))
    plan = plan_supply(SupplyInputs(families, sources, switches=Switches(gap=0.0)), "least_cost")
    best = np.inf
    for made in itertools.product((0, *range(run, int(demand.sum()) + run + 1)), repeat=4):
        spoiled = spoiled_by_hand(np.array(made), demand, [], life)
        stock = np.cumsum(made) - np.cumsum(demand) - np.cumsum(spoiled)
        # The price of what spoils steers among plans of equal money only where it cannot outweigh them.
        if (stock >= 0).all() and sum(spoiled) <= plan.quantities.scrap.sum() + 1e-6:
            best = min(best, (costs * made).sum() + holding * stock.sum())
    made = plan.quantities.supply[0]
    assert ((made < 1e-6) | (made > run - 1e-6)).all()
    assert plan.costs.total() == pytest.approx(best, abs=1e-3)
    assert_spoils_by_hand(plan, [], life)


def test_a_run_that_is_begun_in_the_first_period_may_be_finished_with_less() -> None:
    families = Families(("a",), np.array([[2.0, 7.0]]), unit_value_amount=5.0, holding_cost=3.0, maximum_backlog_quantity=0)
    sources = dataclasses.replace(MADE, minimum_run_quantity=np.array([[1.0, 10.0]]))
    np.testing.assert_allclose(plan_supply(SupplyInputs(families, sources), "least_cost").quantities.supply, [[2, 10]], atol=1e-6)
    cheap = dataclasses.replace(families, holding_cost=0.01)
    np.testing.assert_allclose(plan_supply(SupplyInputs(cheap, sources), "least_cost").quantities.supply, [[9, 0]], atol=1e-6)


def test_what_is_asked_for_wins_over_the_minimum_run_and_is_said() -> None:
    families = Families(("a",), np.array([[4.0, 4.0, 4.0, 4.0]]), unit_value_amount=5.0, holding_cost=0.01)
    least, most = np.zeros((3, 1, 4)), np.full((3, 1, 4), np.inf)
    least[0, 0, 0] = most[0, 0, 0] = 4.0
    most[0, 0, 1] = 6.0
    sources = dataclasses.replace(MADE, minimum_run_quantity=10.0)
    plan = plan_supply(SupplyInputs(families, sources, KindLimits(least, most)), "least_cost")
    made = plan.quantities.supply[0]
    assert made[:2].tolist() == pytest.approx([4.0, 0.0], abs=1e-6)
    assert all(quantity < 1e-6 or quantity > 10.0 - 1e-6 for quantity in made[2:])
    assert [(note.column, note.key, note.period, note.asked, note.used) for note in plan.notes] == [
        ("minimum_run_quantity", "a/production/main", 0, 10.0, 4.0),
        ("maximum_quantity", "a/production/main", 1, 6.0, 0.0),
    ]
