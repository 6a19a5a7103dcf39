"""Whatever the inputs hold, there is an optimal, balanced plan."""

import numpy as np
import pytest

from assets_tests.planning.supply.instances import nasty_company
from sop_pipeline.planning.supply import Families, Resources, Sources, SupplyInputs, SupplyPlan, Usages, plan_supply
from sop_pipeline.planning.supply.inputs import STRATEGIES, Issues

BATCH = 50


@pytest.mark.parametrize("batch", range(6))
def test_nasty_companies_always_get_an_optimal_balanced_plan(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        plan = plan_supply(nasty_company(seed), (*STRATEGIES, "planned")[seed % 5])
        assert_balanced(plan)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_a_component_of_what_nobody_could_ever_make_keeps_its_balance(strategy: str) -> None:
    """What 90 trillion would take of it is what the solver counts it by: beside that its stock of 170 is less than rounding."""
    inputs = SupplyInputs(
        Families(
            ("beta", "parts"),
            np.array([[10.0, 12, 14, 9e13, 12, 14], [0.0] * 6]),
            opening_inventory_quantity=[0.0, 170.0],
            unit_value_amount=[300.0, 12.0],
            holding_cost=np.array([[5.0], [0.2]]),
            backorder_cost=5.0,
            target_inventory_quantity=np.array([[np.nan], [40.0]]),
        ),
        Sources(("main", "main"), [0, 1], [0, 0], unit_cost=np.array([[300.0], [12.0]])),
        usages=Usages([0, 1], [0, 1], [0, 0], [4.0, 0.4]),
        issues=Issues([1], [0], [0], [3.0]),
        resources=Resources(("line", "mill"), regular_capacity=160.0),
    )
    assert_balanced(plan_supply(inputs, strategy))


def assert_balanced(plan: SupplyPlan) -> None:
    """The identities of a plan by plain loops over families, sources and periods."""
    inputs, done = plan.inputs, plan.quantities
    families, sources, issues = inputs.families, inputs.sources, inputs.issues
    count, periods = inputs.shape
    for family in range(count):
        position = families.opening_inventory_quantity[family] - families.opening_backlog_quantity[family]
        largest = abs(position) + families.demand_quantity[family].sum()
        for period in range(periods):
            made = sum(
                done.supply[s, period] * sources.yield_ratio[s] for s in range(len(sources.source_ids)) if sources.family[s] == family
            )
            taken = 0.0
            for row in np.flatnonzero(issues.component == family):
                then = period + int(issues.offset[row])
                makers = (sources.family == issues.consumer[row]) & (sources.kind == 0)
                taken += issues.quantity_per_unit[row] * done.supply[makers, then].sum() if then < periods else 0.0
            position += (
                made - families.demand_quantity[family, period] + done.lost_sales[family, period] - done.scrap[family, period] - taken
            )
            largest = max(largest, made, taken, abs(position))
            assert done.position[family, period] == pytest.approx(position, abs=1e-6 * max(1.0, largest))
    assert (done.supply >= 0).all()
    assert (done.heads >= 0).all()
    assert np.isfinite(plan.costs.total())
