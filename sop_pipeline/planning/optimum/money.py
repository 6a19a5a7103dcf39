"""What a plan costs in money, and what its limits are worth, beside its quantities. Prices that only steer are left out."""

import dataclasses

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.balance.read import Balance
from sop_pipeline.planning.balance.tables import WORKFORCE_COSTS, Money
from sop_pipeline.planning.optimum.costs import SupplyCosts
from sop_pipeline.planning.optimum.loads import scarcity
from sop_pipeline.planning.optimum.notes import resource_notes
from sop_pipeline.planning.supply import SupplyInputs, SupplyPlan
from sop_pipeline.planning.supply.costs import Costs, money_costs, resource_costs
from sop_pipeline.planning.supply.inputs import KINDS

Floats = NDArray[np.float64]

WORKFORCE_KINDS = ("regular_labour_cost", "overtime_cost", "hiring_cost", "layoff_cost")


def money_of(plan: SupplyPlan, costs: SupplyCosts) -> Costs:
    """Costs of a plan by kind, family and period: hours that nobody has priced cost nothing."""
    return money_costs(priced_inputs(plan.inputs, costs), plan.quantities)


def priced_inputs(inputs: SupplyInputs, costs: SupplyCosts) -> SupplyInputs:
    """The inputs without the prices that only steer."""
    resources, crew = inputs.resources, inputs.workforce
    wage, overtime = costs.is_wage_given[:, None], costs.is_overtime_given[:, None]
    return inputs.swap(
        resources=dataclasses.replace(resources, overtime_cost=resources.overtime_cost * overtime),
        workforce=dataclasses.replace(
            crew,
            regular_wage_per_hour=crew.regular_wage_per_hour * wage[crew.resource],
            overtime_wage_per_hour=crew.overtime_wage_per_hour * overtime[crew.resource],
        ),
    )


def money_columns(balance: Balance, plan: SupplyPlan, costs: Costs, given: SupplyCosts) -> Money:
    """Costs and marginal values as the tables of the plan hold them; `costs` are those of `money_of`."""
    sources = plan.inputs.sources
    shape = (len(KINDS), *plan.inputs.shape)
    unit_cost, value = np.zeros(shape), np.zeros(shape)
    unit_cost[sources.kind, sources.family] = sources.unit_cost
    value[sources.kind, sources.family] = plan.supply_reduced_cost
    by_resource = resource_costs(priced_inputs(plan.inputs, given), plan.quantities)
    return Money(
        marginal_cost=plan.marginal_cost,
        unit_cost=unit_cost,
        labour=costs.by_kind["regular_labour_cost"],
        overtime=costs.by_kind["overtime_cost"],
        supply_value=value,
        resource_value=scarcity(plan),
        workforce={name: by_resource[kind] for name, kind in zip(WORKFORCE_COSTS, WORKFORCE_KINDS, strict=True)},
        resource_notes=resource_notes(balance, plan),
    )
