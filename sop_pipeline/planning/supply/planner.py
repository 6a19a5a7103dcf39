"""From inputs to a verified plan: build, solve, read, cost, recompute. Each step is in its own module."""

import dataclasses
from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.constraints.sources import SupplyBounds, supply_bounds
from sop_pipeline.planning.supply.costs import Costs, money_costs
from sop_pipeline.planning.supply.heads import round_heads
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.model import Model, build_model
from sop_pipeline.planning.supply.plan import Quantities, read_quantities
from sop_pipeline.planning.supply.recompute import verify
from sop_pipeline.planning.supply.repair import Note
from sop_pipeline.planning.supply.solve import Basis, Solution, SolverError, solve, without_whole_numbers
from sop_pipeline.planning.supply.strategies import PLANNED


@dataclass(frozen=True)
class SupplyPlan:
    """One verified plan: quantities, money, marginal values, and what the inputs had to be changed for."""

    strategy: str
    model: Model
    solution: Solution
    quantities: Quantities
    costs: Costs
    marginal_cost: Floats  # FT, money per planning unit: what one more unit of demand would cost, soft prices included
    resource_value: Floats  # RT, money per capacity unit: what one more unit would save
    supply_reduced_cost: Floats  # JT, money per planning unit: the price of a limit, a fence or an override where it binds

    @property
    def inputs(self) -> SupplyInputs:
        """The inputs as they were planned with, nonsense repaired."""
        return self.model.inputs

    @property
    def notes(self) -> tuple[Note, ...]:
        return self.model.notes

    @property
    def basis(self) -> Basis:
        """Where a what-if of the same structure may start."""
        return self.solution.basis


def plan_supply(inputs: SupplyInputs, strategy: str = PLANNED, *, start: Basis | None = None) -> SupplyPlan:
    """The optimal plan of a strategy: level, chase, hybrid, least_cost for every family, or `planned`, each family its own.

    Always exists: what cannot be met becomes shortage, overload or a note. `start`: the basis of a plan of the same structure; it changes
    the time, not the plan. Raises InputError, SolverError, and PlanMismatchError where the plan fails its recomputation.
    """
    model = build_model(inputs, strategy)
    switches = model.inputs.switches
    rounding = switches.whole_heads
    try:
        solution = solve(model.programme, start=start, gap=switches.gap, node_limit=switches.node_limit)
    except SolverError as error:
        if not model.programme.is_mixed_integer:
            raise
        # A search for whole numbers may fail on numbers that a plain programme still masters; a plan that says so is better than none.
        note = Note(
            "switches", "gap", strategy, -1, switches.gap, np.nan, f"no plan in whole numbers ({error}); heads rounded up, runs of any size"
        )
        model = dataclasses.replace(model, programme=without_whole_numbers(model.programme), notes=(*model.notes, note))
        solution = solve(model.programme)
        rounding = "up" if rounding == "optimal" else rounding
    if rounding in ("nearest", "up") and model.inputs.workforce.resource.size:
        model, solution = round_heads(model, solution, rounding)
    return read_plan(strategy, model, solution)


def read_plan(strategy: str, model: Model, solution: Solution) -> SupplyPlan:
    """The plan of an optimal answer, verified. Raises PlanMismatchError."""
    programme = model.programme
    quantities = read_quantities(model, solution.values)
    costs = money_costs(model.inputs, quantities)
    verify(model, solution, quantities, costs)
    resource_duals = programme.rows(solution.row_duals, "resource")
    reduced = programme.columns(solution.reduced_costs, "supply")
    added = programme.columns(solution.reduced_costs, "supply_added")
    return SupplyPlan(
        strategy=strategy,
        model=model,
        solution=solution,
        quantities=quantities,
        costs=costs,
        marginal_cost=programme.rows(solution.row_duals, "balance"),
        resource_value=np.maximum(-resource_duals, 0.0) if resource_duals.size else np.zeros(model.inputs.resources.regular_capacity.shape),
        supply_reduced_cost=_price_of_limits(reduced, added, supply_bounds(model.inputs)) if added.size else reduced,
    )


def _price_of_limits(below: Floats, above: Floats, bounds: SupplyBounds) -> Floats:
    """What one unit more would change the cost by, from the reduced costs of a column split at the approved quantity; JT.

    Below it the anchor makes a unit cheaper, above it dearer by the same. Where the plan is fixed, or stays at the approved quantity
    only because of the anchor, the mean of both is the price without it: what the freeze is worth.
    """
    fixed = bounds.lower == bounds.upper
    stays = (below < 0) & (above > 0)
    return np.where(fixed | stays, (below + above) / 2, np.where(np.abs(above) < np.abs(below), above, below))
