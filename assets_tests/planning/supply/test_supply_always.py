"""Whatever the inputs hold, there is an optimal, balanced plan."""

import numpy as np
import pytest

from assets_tests.planning.supply.instances import nasty_company
from sop_pipeline.planning.supply import SupplyPlan, plan_supply
from sop_pipeline.planning.supply.inputs import STRATEGIES

BATCH = 50


@pytest.mark.parametrize("batch", range(6))
def test_nasty_companies_always_get_an_optimal_balanced_plan(batch: int) -> None:
    for seed in range(batch * BATCH, (batch + 1) * BATCH):
        plan = plan_supply(nasty_company(seed), (*STRATEGIES, "planned")[seed % 5])
        assert_balanced(plan)


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
