"""Prices the model steers by where no cost is given: derived from the costs there are, in one place, so that they can be listed.

Order on purpose: shortfall to target < a period of backlog < dearest way to supply a unit < lost sale < forced overload.
"""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.inputs import PRODUCTION, Floats, SupplyInputs, Workforce
from sop_pipeline.planning.supply.repair import family_levels

TARGET_TO_BACKLOG = 0.25  # shortfall to target, and stock above maximum, as a share of a period of backlog
MINIMUM_TO_BACKLOG = 0.5  # shortfall to minimum, on top of the shortfall to target
BELOW_BACKLOG_TARGET = 0.1  # working ahead of the agreed backlog
BACKLOG_TO_VALUE = 0.25  # a period of backlog, of the unit's value, where no cost says it
FOLLOW_MULTIPLE = 20.0  # chase, and block ends of level: times the unit's value
END_MULTIPLE = 1.5  # last period: shortfall and backlog, times the dearest way to supply, or the plan eats the stock
END_TO_CARRIED = 1.1  # and at least times that way with carrying the unit all through the horizon, where holding is dear
LOST_MULTIPLE = 2.0  # lost sale, times the dearest way to supply, where no cost says it
LOST_STEPS = 5  # convex steps share lost sales fairly among families
LOST_STEP_INCREASE = 0.02
GIVEN_LOST_STEP_INCREASE = 1e-5  # a lost sale that has a cost costs that: only ties are shared
ANCHOR_TO_VALUE = 0.01
ANCHOR_FADES = (1.0, 0.7, 0.4, 0.1)  # by quarter of the horizon
FORCED_MULTIPLE = 4.0
LEVEL_WEIGHT, HYBRID_WEIGHT = 1000.0, 6.0  # per unit a day of change, times the unit's value


@dataclass(frozen=True)
class Prices:
    """Derived prices in money. Axes as in `inputs`: F families, T periods, J sources, R resources."""

    value: Floats  # F, per unit: what the other prices of a family are multiples of
    cheapest_supply: Floats  # F, per unit
    dearest_supply: Floats  # F, per unit
    requirement_quantity: Floats  # F, planning units over the horizon: demand and what consumers take
    backlog: Floats  # FT, per unit and period: as given, or derived
    below_target: Floats  # FT
    below_minimum: Floats  # FT
    above_maximum: Floats  # FT
    below_backlog_target: Floats  # FT
    end: Floats  # F, per unit missing after the last period
    end_backlog: Floats  # F, per unit still waiting then, on top: waiting is no way round the given cost of a lost sale
    lost_sale: Floats  # FT, per unit
    forced: Floats  # F, per unit: beyond a limit that had to give way
    overload: Floats  # R, per capacity unit: the last resort
    overload_before_strategy: Floats  # R, per capacity unit: less than leaving level or chase
    idle: Floats  # R, per hour where idle hours are not allowed
    anchor: Floats  # JT, per unit away from the approved plan


def derive_prices(inputs: SupplyInputs) -> Prices:
    """The prices of a set of repaired inputs. Pure: the same inputs give the same prices, whatever the strategy."""
    families, sources = inputs.families, inputs.sources
    _, periods = inputs.shape
    going, dearest_hour = capacity_prices(inputs)
    levels = family_levels(inputs)
    cheapest = _supply_price(inputs, levels, _per_source(inputs, going, sources.unit_cost.min(axis=1, initial=np.inf)), dearest=False)
    dearest = _supply_price(inputs, levels, _per_source(inputs, dearest_hour, sources.unit_cost.max(axis=1, initial=0.0)), dearest=True)
    value = np.maximum(families.unit_value_amount, cheapest)
    requirement = requirement_quantity(inputs, levels)
    value = _value_of_uncosted(value, requirement)
    dearest = np.maximum(dearest, value)

    backlog = np.where(families.backorder_cost > 0, families.backorder_cost, BACKLOG_TO_VALUE * value[:, None])
    # A given holding cost may be as high as it likes: a target that is asked for must still be worth holding.
    below_target = np.maximum(TARGET_TO_BACKLOG * backlog, 2.0 * families.holding_cost)
    below_minimum = np.maximum(MINIMUM_TO_BACKLOG * backlog, 3.0 * families.holding_cost)
    value = np.maximum(value, backlog.max(axis=1, initial=0.0) / BACKLOG_TO_VALUE)
    derived_lost = LOST_MULTIPLE * dearest[:, None]
    lost_sale = np.where(families.lost_sale_cost > 0, families.lost_sale_cost, derived_lost)
    end: Floats = np.maximum(END_MULTIPLE * dearest, END_TO_CARRIED * (dearest + families.holding_cost.sum(axis=1)))
    is_lost_given = families.is_lost_sale_allowed & families.is_lost_sale_cost_given
    end_backlog: Floats = np.where(is_lost_given, np.maximum(END_MULTIPLE * lost_sale.max(axis=1, initial=0.0) - end, 0.0), 0.0)
    worst = (FOLLOW_MULTIPLE * value + (backlog + below_target + below_minimum).max(axis=1, initial=0.0)) * periods
    forced = FORCED_MULTIPLE * (worst + end + end_backlog + lost_sale.max(axis=1, initial=0.0))
    quarter = np.minimum(np.arange(periods) * len(ANCHOR_FADES) // max(periods, 1), len(ANCHOR_FADES) - 1)
    return Prices(
        value=value,
        cheapest_supply=cheapest,
        dearest_supply=dearest,
        requirement_quantity=requirement,
        backlog=backlog,
        below_target=below_target,
        below_minimum=below_minimum,
        above_maximum=TARGET_TO_BACKLOG * backlog,
        below_backlog_target=BELOW_BACKLOG_TARGET * backlog,
        end=end,
        end_backlog=end_backlog,
        lost_sale=lost_sale,
        forced=forced,
        overload=_per_capacity_unit(inputs, forced, requirement),
        overload_before_strategy=_per_capacity_unit(inputs, FOLLOW_MULTIPLE / 4 * value, requirement),
        idle=_per_capacity_unit(inputs, forced, requirement),
        anchor=ANCHOR_TO_VALUE * value[sources.family][:, None] * np.asarray(ANCHOR_FADES)[quarter] * sources.anchor_multiple,
    )


def lost_sale_steps(inputs: SupplyInputs) -> Floats:
    """What each step of a family's lost sales costs, times the price of a lost sale; steps × F."""
    increase: Floats = np.where(inputs.families.is_lost_sale_cost_given, GIVEN_LOST_STEP_INCREASE, LOST_STEP_INCREASE)
    steps: Floats = 1.0 + increase * np.arange(LOST_STEPS, dtype=np.float64)[:, None]
    return steps


def capacity_prices(inputs: SupplyInputs) -> tuple[Floats, Floats]:
    """Per resource the going price of a capacity unit in regular time, and the dearest one a plan may pay; money, mean over periods."""
    resources, crew = inputs.resources, inputs.workforce
    going = resources.regular_cost.mean(axis=1)
    dearest = np.maximum(going, np.where(resources.overtime_capacity > 0, resources.overtime_cost, 0.0).max(axis=1, initial=0.0))
    dearest = np.maximum(dearest, np.where(resources.extra_shift_capacity > 0, resources.extra_shift_cost, 0.0).max(axis=1, initial=0.0))
    going[crew.resource] += crew.regular_wage_per_hour.mean(axis=1)
    hired = crew.regular_wage_per_hour.mean(axis=1) + _turnover_per_hour(crew)
    np.maximum.at(dearest, crew.resource, np.maximum(hired, crew.overtime_wage_per_hour.max(axis=1, initial=0.0)))
    return going, np.maximum(going, dearest)


def requirement_quantity(inputs: SupplyInputs, levels: np.ndarray) -> Floats:
    """Per family its demand over the horizon, opening backlog, and what its consumers' requirement takes of it; planning units."""
    issues = inputs.issues
    needed = inputs.families.demand_quantity.sum(axis=1) + inputs.families.opening_backlog_quantity
    for level in range(int(levels.max(initial=0)) + 1):
        now = levels[issues.consumer] == level
        np.add.at(needed, issues.component[now], issues.quantity_per_unit[now] * needed[issues.consumer[now]])
    return needed


def _value_of_uncosted(value: Floats, requirement: Floats) -> Floats:
    """Values with the gaps filled: a family without any cost is steered as if its horizon were worth as much as another's."""
    costed = value > 0
    worth = (value * requirement)[costed & (requirement > 0)]
    usual = worth.mean() if worth.size else 1.0
    guess = np.divide(usual, requirement, out=np.full_like(value, value[costed].mean() if costed.any() else 1.0), where=requirement > 0)
    return np.where(costed, value, guess)


def _turnover_per_hour(crew: Workforce) -> Floats:
    hours = crew.regular_hours_per_head.mean(axis=1)
    turnover = (crew.hire_cost + crew.layoff_cost).max(axis=1, initial=0.0)
    return np.divide(turnover, hours, out=np.zeros_like(hours), where=hours > 0)


def _per_source(inputs: SupplyInputs, capacity_price: Floats, unit_cost: Floats) -> Floats:
    """Per source what a good unit costs with its capacity; money."""
    usages = inputs.usages
    cost = np.where(np.isfinite(unit_cost), unit_cost, 0.0)
    np.add.at(cost, usages.source, usages.usage_per_unit * capacity_price[usages.resource])
    return cost / inputs.sources.yield_ratio


def _supply_price(inputs: SupplyInputs, levels: np.ndarray, source_price: Floats, *, dearest: bool) -> Floats:
    """Per family the cheapest or dearest of its sources, components included, from the bottom of the structure up; 0 without a source."""
    sources, issues = inputs.sources, inputs.issues
    families, _ = inputs.shape
    price = np.zeros(families)
    for level in range(int(levels.max(initial=0)), -1, -1):
        parts = np.zeros(families)
        np.add.at(parts, issues.consumer, issues.quantity_per_unit * price[issues.component])
        full = source_price + np.where(sources.kind == PRODUCTION, parts[sources.family], 0.0) / sources.yield_ratio
        best = np.full(families, 0.0 if dearest else np.inf)
        (np.maximum if dearest else np.minimum).at(best, sources.family, full)
        price = np.where((levels == level) & np.isfinite(best), best, price)
    return price


def _per_capacity_unit(inputs: SupplyInputs, unit_price: Floats, requirement: Floats) -> Floats:
    """Per resource: a price per planning unit turned into one per capacity unit, over its users by their requirement.

    A mean, because the price of the family that takes a thousandth of an hour would drive all others out of the solver's number range.
    """
    usages, stock = inputs.usages, inputs.stock_usages
    count = len(inputs.resources.resource_ids)
    money, capacity = np.zeros(count), np.zeros(count)
    users = (
        (usages.resource, inputs.sources.family[usages.source], usages.usage_per_unit),
        (stock.resource, stock.family, stock.usage_per_unit),
    )
    for resource, family, usage in users:
        weight = requirement[family] + 1e-9 * (1.0 + requirement.max(initial=0.0))
        np.add.at(money, resource, np.where(usage > 0, weight * unit_price[family], 0.0))
        np.add.at(capacity, resource, weight * usage)
    return np.divide(money, capacity, out=np.ones_like(money), where=capacity > 0)
