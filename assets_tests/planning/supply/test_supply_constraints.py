"""Each constraint on its own, in a case small enough to work out by hand."""

import dataclasses

import numpy as np
import pytest

from sop_pipeline.planning.supply import (
    Families,
    InputError,
    Issues,
    KindLimits,
    PlanMismatchError,
    Resources,
    Sources,
    StockUsages,
    SupplyInputs,
    Switches,
    Usages,
    Workforce,
    plan_supply,
)
from sop_pipeline.planning.supply.recompute import verify
from sop_pipeline.planning.supply.repair import reachable


def one_family(demand: list[float], **fields: object) -> Families:
    return Families(("a",), np.array([demand]), **({"unit_value_amount": 10.0, "holding_cost": 0.1} | fields))


def made(**fields: object) -> Sources:
    return Sources(("main",), [0], [0], **({"unit_cost": 10.0} | fields))


def test_a_yield_of_four_fifths_takes_a_quarter_more_supply() -> None:
    plan = plan_supply(SupplyInputs(one_family([40.0, 80.0]), made(yield_ratio=0.8)), "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[50, 100]])


def test_what_a_product_takes_is_made_one_period_earlier_where_its_offset_says_so() -> None:
    families = Families(("part", "product"), np.array([[0.0, 0, 0], [0, 10, 20]]), unit_value_amount=[1.0, 10.0], holding_cost=0.5)
    sources = Sources(("main", "main"), [0, 1], [0, 0], unit_cost=[[1.0], [10.0]])
    plan = plan_supply(SupplyInputs(families, sources, issues=Issues([0], [1], [1], [3.0])), "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[30, 60, 0], [0, 10, 20]], atol=1e-9)
    np.testing.assert_allclose(plan.quantities.issued[0], [30, 60, 0])


def test_making_first_does_not_save_the_capacity_that_was_needed_before_the_horizon() -> None:
    inputs = SupplyInputs(
        one_family([10.0, 10, 10, 10]), made(), resources=Resources(("r",), regular_capacity=10.0), usages=Usages([0], [0], [1], [1.0])
    )
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.supply, [[10, 10, 10, 10]], atol=1e-6)


def test_lead_times_beyond_the_horizon_fall_before_it() -> None:
    inputs = SupplyInputs(
        one_family([10.0, 10]), made(), resources=Resources(("r",), regular_capacity=50.0), usages=Usages([0], [0], [9], [1.0])
    )
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.supply, [[10, 10]], atol=1e-6)


def test_a_product_waits_for_a_component_that_is_not_there() -> None:
    families = Families(("part", "product"), np.array([[0.0, 0], [10, 10]]), unit_value_amount=[1.0, 10.0], holding_cost=0.5)
    sources = Sources(("main", "main"), [0, 1], [0, 0], unit_cost=[[1.0], [10.0]], maximum_quantity=[[8.0, 100.0], [np.inf] * 2])
    plan = plan_supply(SupplyInputs(families, sources, issues=Issues([0], [1], [0], [1.0])), "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[8, 12], [8, 12]], atol=1e-6)
    np.testing.assert_allclose(plan.quantities.backlog, [[0, 0], [2, 0]], atol=1e-6)


def test_load_falls_the_lead_time_earlier() -> None:
    inputs = SupplyInputs(
        one_family([10.0, 20, 30]), made(), resources=Resources(("r",), regular_capacity=100.0), usages=Usages([0], [0], [1], [2.0])
    )
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.required, [[40, 60, 0]])


def test_perishable_stock_is_not_built_further_ahead_than_it_keeps() -> None:
    lasting = SupplyInputs(one_family([0.0, 0, 0, 30], holding_cost=0.01), made(unit_cost=np.array([[1.0, 20, 20, 40]])))
    np.testing.assert_allclose(plan_supply(lasting, "least_cost").quantities.supply, [[30, 0, 0, 0]], atol=1e-9)
    short = dataclasses.replace(lasting, families=dataclasses.replace(lasting.families, shelf_life_periods=np.array([2])))
    np.testing.assert_allclose(plan_supply(short, "least_cost").quantities.supply, [[0, 0, 30, 0]], atol=1e-9)


def test_opening_stock_that_spoils_is_scrapped() -> None:
    families = one_family([0.0, 10.0, 10.0], opening_inventory_quantity=25.0, shelf_life_periods=1, fresh_opening_periods=1)
    plan = plan_supply(SupplyInputs(families, made()), "least_cost").quantities
    assert plan.inventory[0, 1] == pytest.approx(0.0, abs=1e-6)
    assert plan.scrap.sum() == pytest.approx(15.0, abs=1e-6)


def test_a_full_store_and_a_cash_limit_spread_production() -> None:
    families = one_family([0.0, 0, 60.0])
    capacity = Resources(("cash", "press", "store"), regular_capacity=np.array([[450.0], [30.0], [50.0]]))
    inputs = SupplyInputs(
        families, made(), resources=capacity, usages=Usages([0], [1], [0], [1.0]), stock_usages=StockUsages([0, 0], [0, 2], [10.0, 1.0])
    )
    plan = plan_supply(inputs, "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[0, 30, 30]], atol=1e-6)
    assert (plan.quantities.required[0] <= 450 + 1e-6).all()


def test_material_that_keeps_is_used_when_it_is_needed() -> None:
    limited = Resources(("quota",), regular_capacity=10.0)
    inputs = SupplyInputs(one_family([0.0, 0, 30], holding_cost=5.0), made(), resources=limited, usages=Usages([0], [0], [0], [1.0]))
    # What lapses is used as it comes, dear as holding is: nobody is left waiting at the end.
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.supply, [[10, 10, 10]], atol=1e-6)
    kept = dataclasses.replace(inputs, resources=dataclasses.replace(limited, is_storable=True))
    np.testing.assert_allclose(plan_supply(kept, "least_cost").quantities.supply, [[0, 0, 30]], atol=1e-6)


def test_a_supplier_s_quota_limits_purchases_and_the_rest_is_made() -> None:
    sources = Sources(("main", "supplier"), [0, 0], [0, 2], unit_cost=[[10.0], [6.0]])
    quota = Resources(("quota of supplier",), regular_capacity=12.0)
    plan = plan_supply(SupplyInputs(one_family([20.0, 20]), sources, resources=quota, usages=Usages([1], [0], [0], [1.0])), "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[8, 8], [12, 12]], atol=1e-6)


def test_overtime_then_an_extra_shift_then_the_customer_waits() -> None:
    tiers = Resources(
        ("r",), regular_capacity=10.0, overtime_capacity=4.0, overtime_cost=0.5, extra_shift_capacity=2.0, extra_shift_cost=1.0
    )
    inputs = SupplyInputs(one_family([20.0, 0.0]), made(), resources=tiers, usages=Usages([0], [0], [0], [1.0]))
    plan = plan_supply(inputs, "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[16, 4]], atol=1e-6)
    assert plan.costs.total("overtime_cost") == pytest.approx(4 * 0.5 + 2 * 1.0)


def test_overtime_of_heads_ends_at_their_limit() -> None:
    crew = Workforce([0], 2.0, 10.0, overtime_hours_per_head=3.0, regular_wage_per_hour=1.0, overtime_wage_per_hour=2.0, maximum_hires=0.0)
    inputs = SupplyInputs(
        one_family([30.0, 0.0]), made(unit_cost=1.0), resources=Resources(("crew",)), usages=Usages([0], [0], [0], [1.0]), workforce=crew
    )
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.supply, [[26, 4]], atol=1e-6)


def test_lost_sales_are_shared_between_families_that_want_the_same_hours() -> None:
    families = Families(
        ("a", "b"),
        np.array([[100.0], [100.0]]),
        unit_value_amount=10.0,
        lost_sale_cost=50.0,
        is_lost_sale_allowed=True,
        maximum_backlog_quantity=0.0,
    )
    sources = Sources(("main", "main"), [0, 1], [0, 0], unit_cost=10.0)
    shared = Resources(("r",), regular_capacity=100.0)
    plan = plan_supply(SupplyInputs(families, sources, resources=shared, usages=Usages([0, 1], [0, 0], [0, 0], [1.0, 1.0])), "least_cost")
    filled = plan.quantities.supply[:, 0]
    assert filled.min() >= 39.9
    assert filled.sum() == pytest.approx(100)


def test_a_backlog_beyond_its_maximum_is_the_last_thing_to_happen() -> None:
    sources = Sources(("dear", "main"), [0, 0], [0, 0], unit_cost=[[500.0], [10.0]], maximum_quantity=[[np.inf], [10.0]])
    waiting = one_family([30.0, 0, 0], backorder_cost=1.0)
    assert plan_supply(SupplyInputs(waiting, sources), "least_cost").quantities.backlog[0, 0] == pytest.approx(20)
    limited = dataclasses.replace(waiting, maximum_backlog_quantity=5.0)
    assert plan_supply(SupplyInputs(limited, sources), "least_cost").quantities.backlog[0, 0] == pytest.approx(5)


def test_an_override_of_closing_stock_is_met_although_it_costs() -> None:
    families = one_family([10.0, 10, 10], inventory_override_quantity=np.array([[np.nan, 25, np.nan]]))
    plan = plan_supply(SupplyInputs(families, made()), "least_cost")
    assert plan.quantities.inventory[0, 1] == pytest.approx(25)


def test_an_override_of_production_wins_over_the_sources_of_its_kind() -> None:
    sources = Sources(("line 1", "line 2"), [0, 0], [0, 0], unit_cost=[[10.0], [11.0]], maximum_quantity=[[20.0], [np.inf]])
    fixed = np.array([[[np.nan, 50.0]]])
    limits = KindLimits(
        np.concatenate([np.nan_to_num(fixed), np.zeros((2, 1, 2))]),
        np.concatenate([np.nan_to_num(fixed, nan=np.inf), np.full((2, 1, 2), np.inf)]),
    )
    plan = plan_supply(SupplyInputs(one_family([10.0, 10]), sources, limits), "least_cost")
    assert plan.quantities.supply[:, 1].sum() == pytest.approx(50)


def test_hours_that_may_not_idle_are_worked_into_stock() -> None:
    crew = Workforce([0], 2.0, 10.0, regular_wage_per_hour=1.0, minimum_heads=2.0, maximum_heads=2.0)
    inputs = SupplyInputs(
        one_family([5.0, 5.0]),
        made(unit_cost=1.0),
        resources=Resources(("crew",)),
        usages=Usages([0], [0], [0], [1.0]),
        workforce=crew,
        switches=Switches(idle_hours="none"),
    )
    np.testing.assert_allclose(plan_supply(inputs, "least_cost").quantities.supply, [[20, 20]], atol=1e-6)


def test_head_limits_that_hires_cannot_reach_are_moved_to_what_they_can() -> None:
    crew = Workforce(
        np.array([0]),
        np.array([10.0]),
        np.ones((1, 3)),
        expected_leavers=np.array([[1.0, 0, 0]]),
        maximum_hires=np.array([[2.0, 2, 2]]),
        maximum_layoffs=np.full((1, 3), np.inf),
        minimum_heads=np.array([[20.0, 12, 0]]),
        maximum_heads=np.array([[np.inf, np.inf, 5]]),
    )
    used = reachable(crew, whole=False)
    np.testing.assert_allclose(used.minimum_heads, [[11, 12, 0]])
    np.testing.assert_allclose(used.maximum_heads, [[np.inf, np.inf, 5]])


def test_leavers_leave_and_are_replaced_at_the_price_of_a_hire() -> None:
    crew = Workforce([0], 2.0, 10.0, regular_wage_per_hour=1.0, hire_cost=7.0, expected_leavers=np.array([[0.0, 1.0]]), maximum_heads=2.0)
    inputs = SupplyInputs(
        one_family([20.0, 20.0], maximum_backlog_quantity=0.0),
        made(unit_cost=1.0),
        resources=Resources(("crew",)),
        usages=Usages([0], [0], [0], [1.0]),
        workforce=crew,
    )
    plan = plan_supply(inputs, "least_cost")
    np.testing.assert_allclose(plan.quantities.heads, [[2, 2]], atol=1e-6)
    assert plan.costs.total("hiring_cost") == pytest.approx(7.0)


def test_families_that_take_of_each_other_in_a_circle_are_noted_and_planned_without() -> None:
    families = Families(("a", "b"), np.array([[10.0], [10.0]]), unit_value_amount=10.0)
    circle = Issues([0, 1], [1, 0], [0, 0], [1.0, 1.0])
    plan = plan_supply(SupplyInputs(families, Sources(("m", "m"), [0, 1], [0, 0], unit_cost=10.0), issues=circle), "least_cost")
    assert [note.key for note in plan.notes] == ["a in b", "b in a"]
    np.testing.assert_allclose(plan.quantities.supply, [[10], [10]])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"families": Families(("b", "a"), np.ones((2, 2)))}, "come after"),
        ({"families": Families(("a",), np.array([[1.0, np.nan]]))}, "demand_quantity"),
        ({"families": Families(("a",), np.ones((1, 2)), working_days=np.ones(5))}, "shape"),
        ({"families": Families(("a",), np.ones((1, 2)), strategies=("lean",))}, "lean"),
        ({"sources": Sources(("main",), [3], [0])}, "run from 0 to 0"),
        ({"issues": Issues([0], [0], [-1], [1.0])}, "issues.offset"),
        ({"switches": Switches(idle_hours="never")}, "never"),
    ],
)
def test_inputs_of_the_wrong_shape_say_what_is_wrong(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        SupplyInputs(**({"families": Families(("a",), np.ones((1, 2))), "sources": made()} | change))


def test_a_plan_that_holds_stock_past_its_shelf_life_is_refused() -> None:
    inputs = SupplyInputs(
        one_family([10.0, 10, 10, 90]), made(), resources=Resources(("r",), regular_capacity=30.0), usages=Usages([0], [0], [0], [1.0])
    )
    plan = plan_supply(inputs)
    spoils = dataclasses.replace(plan.inputs.families, shelf_life_periods=np.array([1]))
    model = dataclasses.replace(plan.model, inputs=plan.inputs.swap(families=spoils))
    with pytest.raises(PlanMismatchError, match="stock older than it keeps of a"):
        verify(model, plan.solution, plan.quantities, plan.costs)
