"""What explains a plan agrees with the plan: prices add up, shortages hang on what is short, relief is what solving again gives."""

import dataclasses

import numpy as np
import pytest

from assets_tests.planning.supply.instances import nasty_company
from sop_pipeline.planning.supply import Families, Issues, Resources, Sources, StockUsages, SupplyInputs, Usages, plan_supply
from sop_pipeline.planning.supply.compare import plan_strategies, stability_curve, strategy_measures
from sop_pipeline.planning.supply.explain import anchor_regret, peg_shortages, price_parts, shortages
from sop_pipeline.planning.supply.inputs import STRATEGIES


def summer_peak(capacity: float = 115.0) -> SupplyInputs:
    """One family that peaks in the fifth period, a full press and a nearly free oven."""
    families = Families(
        ("fans",),
        np.array([[80.0, 100, 110, 130, 190, 60, 60, 60]]),
        unit_value_amount=20,
        holding_cost=0.3,
        backorder_cost=5,
        is_backorder_cost_given=True,
    )
    return SupplyInputs(
        families,
        Sources(("main",), [0], [0], unit_cost=20.0),
        resources=Resources(("oven", "press"), regular_capacity=np.array([[1000.0], [capacity]])),
        usages=Usages([0, 0], [0, 1], [0, 0], [2.0, 1.0]),
    )


def test_the_price_of_a_unit_is_its_cost_its_components_and_the_rents_of_its_resources() -> None:
    families = Families(("part", "product"), np.array([[5.0, 5, 5], [40, 60, 30]]), unit_value_amount=[3.0, 10.0], holding_cost=0.1)
    inputs = SupplyInputs(
        families,
        Sources(("main", "main"), [0, 1], [0, 0], unit_cost=[[3.0], [4.0]]),
        issues=Issues([0], [1], [0], [2.0]),
        resources=Resources(("r",), regular_capacity=45.0, overtime_capacity=20.0, overtime_cost=7.0),
        usages=Usages([1], [0], [0], [1.0]),
    )
    plan = plan_supply(inputs, "least_cost")
    rent = plan.resource_value[0]
    expected = 4.0 + 2.0 * plan.marginal_cost[0] + rent
    made = plan.quantities.supply[1] > 0
    np.testing.assert_allclose(plan.marginal_cost[1][made], expected[made], atol=1e-4)
    assert rent.max() > 1.0


@pytest.mark.parametrize("seed", range(20))
def test_parts_of_a_price_sum_to_the_reduced_cost_and_to_nothing_where_a_source_supplies(seed: int) -> None:
    plan = plan_supply(nasty_company(seed), STRATEGIES[seed % 4])
    parts = price_parts(plan)
    programme = plan.model.programme
    reduced = programme.columns(plan.solution.reduced_costs, "supply")
    largest = np.maximum(
        sum(np.abs(part) for part in parts.values()), programme.money / programme.column_blocks["supply"].scale.reshape(reduced.shape)
    )
    assert (np.abs(sum(parts.values()) - reduced) <= 1e-6 * largest).all()


def test_a_shortage_hangs_on_the_press_that_is_full_and_reaches_back_to_where_stock_builds_up() -> None:
    plan = plan_supply(summer_peak(), "least_cost")
    found = shortages(plan)
    assert [(short.period, short.first_period) for short in found] == [(4, 0)]
    pegs = peg_shortages(plan)
    assert pegs["resource_id"].to_list() == ["press"]
    assert pegs["share_ratio"].to_list() == [pytest.approx(1.0)]


def test_relief_is_what_a_company_with_more_of_the_resource_would_plan() -> None:
    tight, relieved = plan_supply(summer_peak(), "least_cost"), summer_peak()
    more = relieved.resources.regular_capacity.copy()
    more[1, :5] *= 1.1
    wider = plan_supply(relieved.swap(resources=dataclasses.replace(relieved.resources, regular_capacity=more)), "least_cost")
    peg = peg_shortages(tight).row(0, named=True)
    assert peg["relief_amount"] == pytest.approx(tight.solution.objective_amount - wider.solution.objective_amount, rel=1e-6)
    assert peg["relief_quantity"] == pytest.approx(tight.quantities.backlog[0, 4] - wider.quantities.backlog[0, 4], abs=1e-6)


def test_no_shortage_gives_no_peg() -> None:
    assert peg_shortages(plan_supply(summer_peak(capacity=500.0), "least_cost")).is_empty()


def test_the_anchor_s_regret_is_what_leaving_it_would_save() -> None:
    families = Families(("a",), np.array([[10.0, 10, 10, 10]]), unit_value_amount=100, holding_cost=0.1)
    held = SupplyInputs(families, Sources(("main",), [0], [0], unit_cost=100.0, approved_quantity=np.array([[12.0, 9, 9, 10]])))
    assert anchor_regret(held, plan_supply(held, "least_cost")) == pytest.approx(0.1 * (2 + 1), abs=1e-6)


def test_every_strategy_is_measured_for_every_family_and_the_company() -> None:
    inputs = summer_peak()
    measures = strategy_measures(plan_strategies(inputs))
    total = measures.filter(measure="total_cost", family_id="*").select("strategy", "value")
    assert dict(total.iter_rows())["least_cost"] == pytest.approx(plan_supply(inputs, "least_cost").costs.total())
    family = measures.filter(measure="total_cost", family_id="fans")["value"].to_list()
    np.testing.assert_allclose(family, total["value"].to_list())
    peak = measures.filter(measure="peak_load_ratio", family_id="*", strategy="least_cost")["value"].item()
    assert peak == pytest.approx(1.0)


def test_a_steadier_rate_costs_more() -> None:
    curve = stability_curve(summer_peak(capacity=500.0), (0.0, 0.3, 10.0))
    assert curve["rate_change_ratio"].is_sorted(descending=True)
    assert curve["total_cost_amount"].is_sorted()
    assert curve["rate_change_ratio"][0] > curve["rate_change_ratio"][-1]


def full_store(demand: list[list[float]], mill: list[list[float]], backorder: list[float]) -> SupplyInputs:
    """Families on a mill each, which make ahead into one store of 10 pallets, two units a pallet. Unit cost 20, holding 1."""
    count = len(demand)
    ids = tuple("ab"[:count])
    families = Families(
        ids,
        np.array(demand),
        unit_value_amount=20.0,
        holding_cost=1.0,
        backorder_cost=np.array(backorder)[:, None],
        is_backorder_cost_given=True,
    )
    every = np.arange(count)
    return SupplyInputs(
        families,
        Sources(("main",) * count, every, np.zeros(count, dtype=int), unit_cost=20.0),
        resources=Resources((*(f"mill {name}" for name in ids), "store"), regular_capacity=np.array([*mill, [10.0] * len(mill[0])])),
        usages=Usages(every, every, np.zeros(count, dtype=int), np.ones(count)),
        stock_usages=StockUsages(every, np.full(count, count), np.full(count, 0.5)),
    )


def test_a_shortage_behind_a_full_store_hangs_on_the_mill_and_on_the_store_by_what_they_charge() -> None:
    plan = plan_supply(full_store([[60.0, 60, 130, 60]], [[100.0] * 4], [5.0]), "least_cost")
    assert plan.quantities.backlog[0] == pytest.approx([0, 0, 10, 0], abs=1e-6)
    # One more pump in the third month waits a month, 5, for one that costs 20. Made then it would save 5 of the mill; made a month
    # ahead it costs 20 and 1 to hold, so half a pallet would save 4.
    assert plan.marginal_cost[0, 2] == pytest.approx(25, abs=1e-4)
    assert plan.resource_value[:, 1:3] == pytest.approx(np.array([[0, 5], [8, 0]]), abs=1e-3)
    pegs = peg_shortages(plan)
    assert dict(pegs.select("resource_id", "share_ratio").iter_rows()) == pytest.approx({"mill a": 5 / 9, "store": 4 / 9}, abs=1e-4)
    assert set(pegs["first_period_index"]) == {1}


def test_the_price_of_a_unit_through_the_store_is_its_cost_its_holding_and_the_rent_of_its_room_to_the_last_digit() -> None:
    plan = plan_supply(full_store([[60.0, 60, 130, 60]], [[100.0] * 4], [5.0]), "least_cost")
    unit = price_parts(plan)["unit_cost"][0]
    through_store = unit[1] + plan.resource_value[0, 1] + 1.0 + 0.5 * plan.resource_value[1, 1]
    at_the_mill = unit[2] + plan.resource_value[0, 2]
    assert plan.marginal_cost[0, 2] == pytest.approx(through_store, abs=1e-9)
    assert plan.marginal_cost[0, 2] == pytest.approx(at_the_mill, abs=1e-9)


def test_a_store_that_another_family_fills_is_what_the_family_without_stock_hangs_on() -> None:
    plan = plan_supply(full_store([[0.0, 0, 30, 0], [60, 60, 130, 60]], [[10.0] * 4, [100.0] * 4], [50.0, 5.0]), "least_cost")
    assert plan.quantities.inventory[:, 1] == pytest.approx([20, 0], abs=1e-6)
    assert plan.quantities.backlog[:, 2] == pytest.approx([0, 30], abs=1e-6)
    pegs = peg_shortages(plan).filter(family_id="b")
    assert dict(pegs.select("resource_id", "share_ratio").iter_rows()) == pytest.approx({"mill b": 5 / 9, "store": 4 / 9}, abs=1e-4)
    assert set(pegs["first_period_index"]) == {1}


def test_relief_of_a_store_is_what_a_company_with_more_room_would_plan() -> None:
    inputs = full_store([[60.0, 60, 130, 60]], [[100.0] * 4], [5.0])
    wider = inputs.resources.regular_capacity.copy()
    wider[1] *= 1.1
    tight = plan_supply(inputs, "least_cost")
    relieved = plan_supply(inputs.swap(resources=dataclasses.replace(inputs.resources, regular_capacity=wider)), "least_cost")
    peg = peg_shortages(tight).filter(resource_id="store").row(0, named=True)
    assert peg["relief_quantity"] == pytest.approx(2, abs=1e-6)
    assert peg["relief_amount"] == pytest.approx(tight.solution.objective_amount - relieved.solution.objective_amount, rel=1e-6)
