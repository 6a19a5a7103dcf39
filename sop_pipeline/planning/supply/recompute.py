"""Whether a plan is right: balance, load, heads and cost worked out again from the tables, and compared with what the solver said."""

import numpy as np

from sop_pipeline.planning.supply.costs import Costs, soft_costs
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.model import Model
from sop_pipeline.planning.supply.plan import Quantities
from sop_pipeline.planning.supply.solve import Solution

TOLERANCE = 1e-6


class PlanMismatchError(RuntimeError):
    """A plan does not follow from its inputs; nothing of it may be published."""


def verify(model: Model, solution: Solution, plan: Quantities, costs: Costs) -> None:
    """Compare the solver's answer with the plan rolled forward from the tables, within 1e-6 × max(1, largest term).

    Raises PlanMismatchError that names the first family, resource or pool and period that differ.
    """
    inputs, programme, values = model.inputs, model.programme, solution.values
    families, resources = inputs.families.family_ids, inputs.resources.resource_ids
    segments = model.segments
    position = np.zeros(inputs.shape)
    np.add.at(position, (segments.family, segments.period), segments.sign * programme.columns(values, "ladder"))
    # What the family would need over the horizon, its consumers' demand included, is what the solver counts it by.
    terms = np.maximum(np.abs(plan.position), model.prices.requirement_quantity[:, None])
    terms = np.maximum(terms, np.maximum(plan.issued, np.abs(inputs.opening_position_quantity)[:, None]))
    _same("closing position", families, position, plan.position, terms)

    crew = inputs.workforce
    before = np.concatenate([crew.opening_heads[:, None], plan.heads[:, :-1]], axis=1)
    pools = tuple(resources[number] for number in crew.resource)
    _same("heads", pools, plan.heads, before + plan.hires - plan.layoffs - crew.expected_leavers, plan.heads)

    beyond = plan.overtime + plan.extra_shift + plan.forced_overload + plan.overflow
    beyond[crew.resource] += np.maximum(model.rounding_hours, 0.0)
    excess = np.maximum(plan.required - plan.available - beyond, 0.0)
    _same("load beyond capacity", resources, excess, np.zeros_like(excess), np.maximum(plan.required, model.scales.resource[:, None]))

    spoiled = np.maximum(plan.inventory - _still_good(inputs, plan), 0.0)
    _same("stock older than it keeps", families, spoiled, np.zeros_like(spoiled), terms)

    soft = soft_costs(model, plan, costs)
    total = costs.total() + sum(soft.values())
    largest = max(abs(solution.objective_amount), abs(total), model.programme.money)
    if not abs(total - solution.objective_amount) <= TOLERANCE * largest:
        steering = {name: round(amount, 6) for name, amount in soft.items() if amount}
        raise PlanMismatchError(
            f"the plan costs {total:.6f} by its tables, but {solution.objective_amount:.6f} by the solver "
            f"(money {costs.total():.6f}, soft prices {steering}); a constraint and its cost disagree"
        )


def _still_good(inputs: SupplyInputs, plan: Quantities) -> Floats:
    """Per family and period the most stock that is within its shelf life: supply of its last periods, fresh opening stock; else endless."""
    families, sources = inputs.families, inputs.sources
    good = np.full(inputs.shape, np.inf)
    for family in np.flatnonzero(families.shelf_life_periods > 0):
        mine = sources.family == family
        made = np.concatenate([[0.0], np.cumsum((plan.supply[mine] * sources.yield_ratio[mine][:, None]).sum(axis=0))])
        period = np.arange(inputs.shape[1])
        recent = made[period + 1] - made[np.maximum(period + 1 - families.shelf_life_periods[family], 0)]
        opening = max(inputs.opening_position_quantity[family], 0.0)
        fresh = np.minimum.accumulate(np.minimum(families.fresh_opening_quantity[family], opening))
        unsaid = np.where(period < families.fresh_opening_periods[family], opening, 0.0)
        good[family] = recent + np.where(np.isnan(fresh), unsaid, fresh)
    return good


def _same(what: str, keys: tuple[str, ...], solved: Floats, recomputed: Floats, terms: Floats) -> None:
    off = np.abs(solved - recomputed) > TOLERANCE * np.maximum(1.0, np.abs(terms))
    if off.any():
        row, period = np.argwhere(off)[0]
        raise PlanMismatchError(
            f"{what} of {keys[row]}, period {period}, is {solved[row, period]:.9g} by the solver "
            f"and {recomputed[row, period]:.9g} by the tables; the constraint that makes it is wrong"
        )
