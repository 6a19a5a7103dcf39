"""Textbook aggregate plans with published answers, met to the cent."""

import numpy as np
import pytest

from sop_pipeline.planning.supply import (
    Families,
    KindLimits,
    Resources,
    Sources,
    SupplyInputs,
    SupplyPlan,
    Switches,
    Usages,
    Workforce,
    plan_supply,
)

CENT = 0.005


def test_sailco_meets_its_demand_at_78450() -> None:
    plan = plan_supply(sailco([40, 60, 75, 25]), "least_cost")
    assert plan.costs.total() == pytest.approx(78_450, abs=CENT)
    np.testing.assert_allclose(plan.quantities.supply, [[0, 10, 35, 0], [40, 40, 40, 25]], atol=1e-6)
    np.testing.assert_allclose(plan.quantities.inventory[0], [10, 0, 0, 0], atol=1e-6)


def test_the_teaching_variant_of_sailco_costs_76200() -> None:
    assert plan_supply(sailco([40, 60, 70, 25]), "least_cost").costs.total() == pytest.approx(76_200, abs=CENT)


def test_sailco_with_overtime_as_a_tier_of_a_resource_costs_the_same() -> None:
    families = Families(("boats",), np.array([[40.0, 60, 75, 25]]), opening_inventory_quantity=10, holding_cost=20, unit_value_amount=400)
    yard = Resources(("yard",), regular_capacity=40, overtime_capacity=np.inf, overtime_cost=50)
    usages = Usages([0], [0], [0], [1.0])
    inputs = SupplyInputs(families, Sources(("yard",), [0], [0], unit_cost=400), resources=yard, usages=usages)
    assert plan_supply(inputs, "least_cost").costs.total() == pytest.approx(78_450, abs=CENT)


def sailco(demand: list[float]) -> SupplyInputs:
    families = Families(("boats",), np.array([demand], dtype=float), opening_inventory_quantity=10, holding_cost=20, unit_value_amount=400)
    sources = Sources(("overtime", "regular"), [0, 0], [0, 0], unit_cost=[[450.0], [400.0]], maximum_quantity=[[np.inf], [40.0]])
    return SupplyInputs(families, sources)


HUGHES_DEMAND = np.array([[900.0, 700, 800, 1200, 1500, 1100]])
HUGHES_DAYS = np.array([[22.0, 18, 21, 21, 22, 20]])


@pytest.mark.parametrize(("daily_wage", "subcontract", "published"), [(40, 10, 58_850), (80, 20, 108_450)])
def test_hughes_level_plan_keeps_ten_workers_at_fifty_a_day(daily_wage: float, subcontract: float, published: float) -> None:
    del subcontract
    plan = plan_supply(hughes_with_heads(daily_wage, 20, workers=10), "level")
    assert plan.costs.total() == pytest.approx(published, abs=CENT)
    np.testing.assert_allclose(plan.quantities.supply[0], 50 * HUGHES_DAYS[0], rtol=1e-9)
    assert plan.quantities.inventory.sum() == pytest.approx(1850)


@pytest.mark.parametrize(("daily_wage", "subcontract", "published"), [(40, 10, 52_576), (80, 20, 105_152)])
def test_hughes_low_constant_workforce_subcontracts_the_rest(daily_wage: float, subcontract: float, published: float) -> None:
    plan = plan_supply(hughes_with_heads(daily_wage, subcontract, workers=7.6), "least_cost")
    assert plan.costs.total() == pytest.approx(published, abs=CENT)
    assert plan.quantities.supply[1].sum() == pytest.approx(1488)


@pytest.mark.parametrize(("daily_wage", "published"), [(40, 68_200), (80, 117_800)])
def test_hughes_chase_plan_pays_for_every_unit_of_change_of_the_daily_rate(daily_wage: float, published: float) -> None:
    families = Families(("roofing",), HUGHES_DEMAND, HUGHES_DAYS, holding_cost=5, unit_value_amount=daily_wage / 5)
    crew = Workforce([0], 41, HUGHES_DAYS, hire_cost=300, layoff_cost=600)
    switches = Switches(whole_heads="nearest", idle_hours="none")
    inputs = SupplyInputs(
        families,
        Sources(("plant",), [0], [0], unit_cost=daily_wage / 5),
        resources=Resources(("daily rate",)),
        usages=Usages([0], [0], [0], [1.0]),
        workforce=crew,
        switches=switches,
    )
    plan = plan_supply(inputs, "chase")
    np.testing.assert_array_equal(plan.quantities.heads[0], [41, 39, 38, 57, 68, 55])
    assert plan.costs.total() == pytest.approx(published, abs=CENT)
    assert plan.costs.total("hiring_cost") == pytest.approx(9_000)
    assert plan.costs.total("layoff_cost") == pytest.approx(9_600)


def hughes_with_heads(daily_wage: float, subcontract: float, workers: float) -> SupplyInputs:
    families = Families(("roofing",), HUGHES_DEMAND, HUGHES_DAYS, holding_cost=5, unit_value_amount=daily_wage / 5)
    crew = Workforce([0], workers, 8 * HUGHES_DAYS, regular_wage_per_hour=daily_wage / 8, minimum_heads=workers, maximum_heads=workers)
    return SupplyInputs(
        families,
        Sources(("plant", "partner"), [0, 0], [0, 1], unit_cost=[[0.0], [subcontract]]),
        resources=Resources(("crew",)),
        usages=Usages([0], [0], [0], [1.6]),
        workforce=crew,
    )


JC_DEMAND = np.array([[1800.0, 1500, 1100, 900, 1100, 1600]])
JC_DAYS = np.array([[22.0, 19, 21, 21, 22, 20]])
JC_SAFETY = 0.25 * JC_DEMAND


@pytest.mark.parametrize(
    ("rounding", "workers", "published"), [("nearest", [53, 47, 30, 25, 33, 54], 172_800), ("up", [53, 47, 30, 26, 33, 54], 172_350)]
)
def test_jc_company_varies_its_workforce_with_exact_production(rounding: str, workers: list[int], published: float) -> None:
    crew = Workforce([0], 53, 8 * JC_DAYS, hire_cost=200, layoff_cost=250)
    switches = Switches(whole_heads=rounding, idle_hours="none", holding_cost_above="minimum")
    inputs = jc_company(crew, production_cost=20, switches=switches, target=JC_SAFETY)
    plan = plan_supply(inputs, "chase")
    np.testing.assert_allclose(plan.quantities.supply[0], [1850, 1425, 1000, 850, 1150, 1725], rtol=1e-9)
    np.testing.assert_array_equal(plan.quantities.heads[0], workers)
    assert plan.costs.total() == pytest.approx(published, abs=CENT)


def test_jc_company_keeps_forty_workers_busy_and_lets_inventory_and_stockouts_vary() -> None:
    plan = plan_supply(jc_company(constant(40), switches=Switches(idle_hours="none", holding_cost_above="minimum")), "least_cost")
    np.testing.assert_allclose(plan.quantities.position[0], [8, -276, -32, 412, 720, 400], atol=1e-6)
    assert plan.costs.total() == pytest.approx(162_488, abs=CENT)


def test_jc_company_keeps_twenty_five_workers_and_subcontracts() -> None:
    inputs = jc_company(constant(25), subcontract_cost=20, switches=Switches(holding_cost_above="minimum"), target=JC_SAFETY)
    plan = plan_supply(inputs, "chase")
    assert plan.costs.total() == pytest.approx(160_000, abs=CENT)


def test_jc_company_covers_demand_with_overtime_of_thirty_eight_workers() -> None:
    crew = Workforce(
        [0],
        38,
        8 * JC_DAYS,
        overtime_hours_per_head=1000,
        regular_wage_per_hour=4,
        overtime_wage_per_hour=6,
        minimum_heads=38,
        maximum_heads=38,
    )
    inputs = jc_company(crew, switches=Switches(idle_hours="none", holding_cost_above="minimum"), maximum_backlog=0)
    # 62.4 and 344.8 units of overtime, 852 units above safety stock; the book rounds production to whole units and prints 165,491.
    assert plan_supply(inputs, "least_cost").costs.total() == pytest.approx(152_000 + 407.2 * 30 + 852 * 1.5, abs=CENT)


def test_jc_company_s_rounded_overtime_plan_is_costed_at_165491() -> None:
    regular, overtime = [1338.0, 1155, 1277, 1277, 1338, 1216], [62.0, 345, 0, 0, 0, 0]
    families = Families(
        ("jc",), JC_DEMAND, opening_inventory_quantity=400, holding_cost=1.5, unit_value_amount=120, minimum_inventory_quantity=JC_SAFETY
    )
    sources = Sources(("overtime", "regular"), [0, 0], [0, 0], unit_cost=[[30.0], [0.0]], fixed_quantity=[overtime, regular])
    plan = plan_supply(SupplyInputs(families, sources, switches=Switches(holding_cost_above="minimum")), "least_cost")
    assert plan.costs.total() + 38 * 125 * 8 * 4 == pytest.approx(165_491, abs=CENT)


def constant(workers: float) -> Workforce:
    return Workforce([0], workers, 8 * JC_DAYS, regular_wage_per_hour=4, minimum_heads=workers, maximum_heads=workers)


def jc_company(
    crew: Workforce,
    *,
    switches: Switches,
    production_cost: float = 0.0,
    subcontract_cost: float | None = None,
    target: np.ndarray | None = None,
    maximum_backlog: float = np.inf,
) -> SupplyInputs:
    families = Families(
        ("jc",),
        JC_DEMAND,
        JC_DAYS,
        opening_inventory_quantity=400,
        unit_value_amount=120,
        holding_cost=1.5,
        backorder_cost=5,
        is_backorder_cost_given=True,
        minimum_inventory_quantity=JC_SAFETY,
        target_inventory_quantity=np.nan if target is None else target,
        maximum_backlog_quantity=maximum_backlog,
    )
    sources = Sources(("plant",), [0], [0], unit_cost=production_cost)
    if subcontract_cost is not None:
        sources = Sources(("plant", "partner"), [0, 0], [0, 1], unit_cost=[[production_cost], [subcontract_cost]])
    return SupplyInputs(
        families, sources, resources=Resources(("crew",)), usages=Usages([0], [0], [0], [5.0]), workforce=crew, switches=switches
    )


def skateboards(sources: Sources) -> SupplyInputs:
    families = Families(
        ("skateboards",),
        np.array([[200.0, 200, 300, 400, 500, 200]]),
        unit_value_amount=2,
        holding_cost=1,
        backorder_cost=5,
        is_backorder_cost_given=True,
    )
    return SupplyInputs(families, sources, switches=Switches(holding_cost_on="average"))


def test_stevenson_s_level_plan_of_skateboards_costs_4700() -> None:
    plan = plan_supply(skateboards(Sources(("plant",), [0], [0], unit_cost=2)), "level")
    np.testing.assert_allclose(plan.quantities.supply[0], 300)
    assert money(plan) == {"production_cost": 3600, "holding_cost": 600, "backorder_cost": 500}


def test_stevenson_s_overtime_plan_of_skateboards_costs_4640_and_the_optimum_no_more() -> None:
    given = [[0.0, 0, 40, 40, 40, 0], [280.0] * 6]
    costed = plan_supply(
        skateboards(Sources(("overtime", "regular"), [0, 0], [0, 0], unit_cost=[[3.0], [2.0]], fixed_quantity=given)), "least_cost"
    )
    assert costed.costs.total() == pytest.approx(4_640, abs=CENT)
    free = Sources(("overtime", "regular"), [0, 0], [0, 0], unit_cost=[[3.0], [2.0]], maximum_quantity=[[40.0], [280.0]])
    assert plan_supply(skateboards(free), "least_cost").costs.total() <= 4_640 + CENT


def test_stevenson_s_problem_11_1a_costs_78600() -> None:
    families = Families(
        ("goods",), np.array([[300.0, 320, 320, 340, 320, 320]]), holding_cost=10, unit_value_amount=40, maximum_backlog_quantity=0
    )
    sources = Sources(
        ("overtime", "regular", "partner"),
        [0, 0, 0],
        [0, 0, 1],
        unit_cost=[[50.0], [40.0], [60.0]],
        maximum_quantity=[[20.0], [300.0], [0.0]],
    )
    plan = plan_supply(SupplyInputs(families, sources, switches=Switches(holding_cost_on="average")), "least_cost")
    assert plan.costs.total() == pytest.approx(78_600, abs=CENT)
    np.testing.assert_allclose(plan.quantities.inventory[0], [20, 20, 20, 0, 0, 0], atol=1e-6)


def test_subcontracting_in_month_four_makes_stevenson_s_problem_11_1a_400_cheaper() -> None:
    families = Families(
        ("goods",), np.array([[300.0, 320, 320, 340, 320, 320]]), holding_cost=10, unit_value_amount=40, maximum_backlog_quantity=0
    )
    sources = Sources(
        ("overtime", "regular", "partner"),
        [0, 0, 0],
        [0, 0, 1],
        unit_cost=[[50.0], [40.0], [60.0]],
        maximum_quantity=[[20.0], [300.0], [np.inf]],
    )
    plan = plan_supply(SupplyInputs(families, sources, switches=Switches(holding_cost_on="average")), "least_cost")
    # 20 units bought in month four for 10 more than overtime (+200) spare carrying them through months one to four (−600).
    assert plan.costs.total() == pytest.approx(78_200, abs=CENT)


def money(plan: SupplyPlan) -> dict[str, float]:
    return {kind: round(plan.costs.total(kind), 2) for kind in plan.costs.by_kind if abs(plan.costs.total(kind)) > CENT}


def test_limits_of_a_kind_hold_over_its_sources() -> None:
    families = Families(("a",), np.array([[100.0, 100.0]]), unit_value_amount=1)
    sources = Sources(("x", "y"), [0, 0], [0, 0], unit_cost=[[1.0], [2.0]], maximum_quantity=[[30.0], [np.inf]])
    limit = np.zeros((3, 1, 2))
    limit[0, 0, 1] = 120
    plan = plan_supply(SupplyInputs(families, sources, KindLimits(minimum_quantity=limit)), "least_cost")
    np.testing.assert_allclose(plan.quantities.supply, [[30, 30], [50, 90]], atol=1e-6)
