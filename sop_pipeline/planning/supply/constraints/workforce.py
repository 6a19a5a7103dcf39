"""Heads, hires, layoffs, overtime of heads and idle hours of labour pools. Resources without heads stay out."""

import numpy as np

from sop_pipeline.planning.supply.constraints.resources import always_busy
from sop_pipeline.planning.supply.draft import Draft
from sop_pipeline.planning.supply.inputs import Floats, SupplyInputs
from sop_pipeline.planning.supply.matrix import CONTINUOUS, INTEGER, Indices
from sop_pipeline.planning.supply.prices import LEVEL_WEIGHT
from sop_pipeline.planning.supply.strategies import Rules


def staff(draft: Draft, rows: Indices) -> Indices:
    """heads = heads before + hires − layoffs − leavers; heads give regular hours to their resource, and are paid worked or idle."""
    matrix, inputs, rules = draft.matrix, draft.inputs, draft.rules
    crew = inputs.workforce
    shape = crew.regular_hours_per_head.shape
    kind = INTEGER if inputs.switches.whole_heads == "optimal" else CONTINUOUS
    steady = heads_change_price(inputs, rules)
    wage = crew.regular_wage_per_hour * crew.regular_hours_per_head
    heads = matrix.columns("heads", shape, cost=wage, lower=crew.minimum_heads, upper=crew.maximum_heads, kind=kind)
    hires = matrix.columns("hires", shape, cost=crew.hire_cost + steady, upper=crew.maximum_hires)
    layoffs = matrix.columns("layoffs", shape, cost=crew.layoff_cost + steady, upper=crew.maximum_layoffs)
    before = -crew.expected_leavers.copy()
    before[:, 0] += crew.opening_heads
    balance = matrix.rows("heads_balance", shape, before, before)
    matrix.put(balance, heads, 1.0)
    matrix.put(balance[:, 1:], heads[:, :-1], -1.0)
    matrix.put(balance, hires, -1.0)
    matrix.put(balance, layoffs, 1.0)
    matrix.put(rows[crew.resource], heads, -crew.regular_hours_per_head)
    matrix.offset_amount += float((wage * crew.temporary_heads).sum())
    return heads


def heads_change_price(inputs: SupplyInputs, rules: Rules) -> Floats:
    """What a hire or a layoff costs beside money where a steady workforce is asked for: like a change of the rate. LT."""
    crew = inputs.workforce
    return LEVEL_WEIGHT * rules.heads_change * crew.regular_wage_per_hour * crew.regular_hours_per_head


def work_overtime(draft: Draft, heads: Indices, rows: Indices) -> None:
    """Overtime of a pool ≤ overtime hours a head × heads, temporary ones included."""
    matrix, inputs, scales = draft.matrix, draft.inputs, draft.scales
    crew = inputs.workforce
    some = np.flatnonzero((crew.overtime_hours_per_head > 0).any(axis=1))
    shape = (some.size, heads.shape[1])
    scale = scales.resource[crew.resource[some]][:, None]
    hours = matrix.columns("pool_overtime", shape, cost=crew.overtime_wage_per_hour[some], scale=scale)
    temporary = crew.overtime_hours_per_head[some] * crew.temporary_heads[some]
    limit = matrix.rows("overtime_limit", shape, -np.inf, temporary, scale)
    matrix.put(rows[crew.resource[some]], hours, -1.0)
    matrix.put(limit, hours, 1.0)
    matrix.put(limit, heads[some], -crew.overtime_hours_per_head[some])


def forbid_idle(draft: Draft, rows: Indices) -> None:
    """The rows of resources whose heads may not idle are equations; what cannot be worked has a price instead of being free."""
    matrix, inputs, prices, scales = draft.matrix, draft.inputs, draft.prices, draft.scales
    pools = always_busy(inputs)
    shape = (pools.size, rows.shape[1])
    idle = matrix.columns("idle", shape, cost=prices.idle[pools][:, None], scale=scales.resource[pools][:, None])
    matrix.put(rows[pools], idle, 1.0)
