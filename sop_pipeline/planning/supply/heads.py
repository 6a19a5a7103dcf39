"""Whole heads by rounding: the heads of a plan to the nearest or the next whole number, then the rest planned again around them."""

import dataclasses

import numpy as np

from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.matrix import Programme
from sop_pipeline.planning.supply.model import Model
from sop_pipeline.planning.supply.solve import Solution, solve

ALMOST_WHOLE = 1e-6  # a need this close to a whole number, or to a half, is meant to be it


def round_heads(model: Model, solution: Solution, rounding: str) -> tuple[Model, Solution]:
    """Plan again with heads rounded to the `nearest`, or `up`.

    Rounded to the nearest, up to half a head's hours may be missing or idle in a period: the plan keeps its quantities, as a planner
    who rounds 25.3 to 25 does, and the missing hours are seen as overload. Rounded up, the hours suffice. Limits of hires and layoffs
    give way to rounding.
    """
    inputs, programme = model.inputs, model.programme
    heads = programme.columns(solution.values, "heads")
    whole = whole_heads(inputs, heads, rounding)
    missing = (heads - whole) * inputs.workforce.regular_hours_per_head
    hours = missing if rounding == "nearest" else np.minimum(missing, 0.0)
    model = dataclasses.replace(model, programme=_fix_heads(model, whole, hours), rounding_hours=hours)
    return model, solve(model.programme, start=solution.basis)


def whole_heads(inputs: SupplyInputs, heads: Floats, rounding: str) -> Floats:
    """Heads rounded half up to the nearest, or up, and kept inside the limits of heads where a whole number lies between them; LT."""
    crew = inputs.workforce
    rounded = np.floor(heads + 0.5 + ALMOST_WHOLE) if rounding == "nearest" else np.ceil(heads - ALMOST_WHOLE)
    least, most = np.ceil(crew.minimum_heads - ALMOST_WHOLE), np.floor(crew.maximum_heads + ALMOST_WHOLE)
    return np.where(least <= most, np.clip(rounded, least, np.maximum(most, least)), rounded)


def _fix_heads(model: Model, whole: Floats, hours: Floats) -> Programme:
    """The programme with heads fixed and the hours that rounding took or gave away left out of account."""
    inputs, programme = model.inputs, model.programme
    crew = inputs.workforce
    lower, upper, row_lower, row_upper = (
        bound.copy() for bound in (programme.lower, programme.upper, programme.row_lower, programme.row_upper)
    )
    blocks = programme.column_blocks
    lower[blocks["heads"].where] = upper[blocks["heads"].where] = whole.ravel()
    before = np.concatenate([crew.opening_heads[:, None], whole[:, :-1]], axis=1)
    change = whole - before + crew.expected_leavers
    for name, needed in (("hires", change), ("layoffs", -change)):
        where = blocks[name].where
        upper[where] = np.maximum(upper[where], needed.ravel())
    rows = programme.row_blocks["resource"]
    position = rows.start + np.arange(rows.size).reshape(rows.shape)[crew.resource]
    row_upper[position] += np.maximum(hours, 0.0) / programme.row_scale[position]
    row_lower[position] += np.minimum(hours, 0.0) / programme.row_scale[position]
    return dataclasses.replace(programme, lower=lower, upper=upper, row_lower=row_lower, row_upper=row_upper)
