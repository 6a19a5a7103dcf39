"""The convex cost of a family's closing position as bounded columns: hinges in, segments out. The matrix stays out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.inputs import Floats, InputError, SupplyInputs
from sop_pipeline.planning.supply.prices import Prices
from sop_pipeline.planning.supply.strategies import Rules


@dataclass(frozen=True)
class Hinge:
    """A price below a position and one above it: below × max(at − N, 0) + above × max(N − at, 0). All FT, money per unit and units."""

    name: str
    at: Floats
    below: Floats
    above: Floats
    is_money: NDArray[np.bool_]  # F: the price is a cost that was given, and enters the totals

    def stock_and_backlog_cost(self, inventory: Floats, backlog: Floats) -> Floats:
        """Money per family and period where stock may be kept although there is a backlog; else the cost of inventory − backlog."""
        return self.cost(inventory) + self.cost(-backlog) - self.cost(np.zeros_like(inventory))

    def cost(self, position: Floats) -> Floats:
        """Money per family and period at the given closing positions; 0 where there is no such point."""
        with np.errstate(invalid="ignore"):
            cost = self.below * np.maximum(self.at - position, 0.0) + self.above * np.maximum(position - self.at, 0.0)
        return np.where(np.isfinite(self.at), cost, 0.0)


@dataclass(frozen=True)
class Segments:
    """Pieces of the ladder, one entry per column: stock (sign +1) or backlog (sign −1) of a family at the end of a period."""

    family: NDArray[np.int64]
    period: NDArray[np.int64]
    sign: Floats
    cost: Floats  # money per planning unit
    width: Floats  # planning units
    offset_amount: float  # cost of a position of zero, all families and periods


def position_hinges(inputs: SupplyInputs, prices: Prices, rules: Rules) -> tuple[Hinge, ...]:
    """Everything that a closing position costs. Each hinge is convex, so their sum is, and slopes cannot fall on the way up."""
    families, switches = inputs.families, inputs.switches
    shape = inputs.shape
    none = np.zeros(shape)
    soft = np.zeros(shape[0], dtype=bool)
    given = ~soft
    floor = np.nan_to_num(families.minimum_inventory_quantity) if switches.holding_cost_above == "minimum" else none
    late = -np.where(
        families.is_make_to_order[:, None],
        np.fmax(families.promised_backlog_quantity, np.nan_to_num(families.target_backlog_quantity)),
        0.0,
    )
    last, last_backlog = np.zeros(shape), np.zeros(shape)
    last[:, -1:], last_backlog[:, -1:] = prices.end[:, None], prices.end_backlog[:, None]
    ends_at = np.where(np.isnan(rules.target_position_quantity), late, rules.target_position_quantity)
    found = (
        Hinge("holding", floor, none, holding_price(inputs), given),
        Hinge("backorder", late, prices.backlog, none, families.is_backorder_cost_given),
        Hinge("below_minimum", families.minimum_inventory_quantity, prices.below_minimum, none, soft),
        Hinge("target", rules.target_position_quantity, rules.below_target, rules.above_target, soft),
        Hinge("above_maximum", families.maximum_inventory_quantity, none, prices.above_maximum, soft),
        Hinge("maximum_backlog", -families.maximum_backlog_quantity, np.broadcast_to(prices.forced[:, None], shape), none, soft),
        Hinge("end", ends_at, last, none, soft),
        Hinge("end_backlog", late, last_backlog, none, soft),
    )
    for hinge in found:
        falls = (hinge.below < 0) | (hinge.above < 0)
        if falls.any():
            family, period = np.argwhere(falls)[0]
            raise InputError(
                f"{hinge.name} of family {families.family_ids[family]}, period {period} has a price below 0; such prices may not fall"
            )
    return found


def holding_price(inputs: SupplyInputs) -> Floats:
    """What a unit of closing stock costs (FT): its period's holding cost, or on average stock half of it and half of the next."""
    cost = inputs.families.holding_cost
    if inputs.switches.holding_cost_on == "closing":
        return cost
    following = np.concatenate([cost[:, 1:], np.zeros_like(cost[:, :1])], axis=1)
    return (cost + following) / 2


def opening_holding_amount(inputs: SupplyInputs) -> Floats:
    """Per family the half of the first period's holding cost that its opening stock causes where average stock is costed; else 0."""
    families, switches = inputs.families, inputs.switches
    if switches.holding_cost_on == "closing":
        return np.zeros(inputs.shape[0])
    floor = np.nan_to_num(families.minimum_inventory_quantity[:, 0]) if switches.holding_cost_above == "minimum" else 0.0
    return families.holding_cost[:, 0] / 2 * np.maximum(inputs.opening_position_quantity - floor, 0.0)


def cut_segments(hinges: tuple[Hinge, ...]) -> Segments:
    """Sort the hinges of each family and period by position and cut the position axis there, and always at zero."""
    shape = hinges[0].at.shape
    zero = np.zeros((1, *shape))
    at = np.concatenate([zero, np.stack([hinge.at for hinge in hinges])])
    rise = np.concatenate([zero, np.stack([hinge.below + hinge.above for hinge in hinges])])
    absent = ~np.isfinite(at) | (rise == 0)
    absent[0] = False
    at, rise = np.where(absent, np.inf, at), np.where(absent, 0.0, rise)
    order = np.argsort(at, axis=0, kind="stable")
    at, rise = np.take_along_axis(at, order, axis=0), np.take_along_axis(rise, order, axis=0)

    lowest = -np.sum([np.where(np.isfinite(hinge.at), hinge.below, 0.0) for hinge in hinges], axis=0)
    slope = np.concatenate([lowest[None], lowest[None] + np.cumsum(rise, axis=0)])
    bottom = np.concatenate([np.full((1, *shape), -np.inf), at])
    top = np.concatenate([at, np.full((1, *shape), np.inf)])
    used = (top > bottom) & (bottom < np.inf)
    _, family, period = np.nonzero(used)
    is_stock = bottom[used] >= 0
    # Adding up prices leaves rounding errors at the open ends; below zero they would make the programme unbounded.
    cost = np.where(is_stock, slope[used], -slope[used])
    cost = np.where(np.isinf(top[used]) | np.isinf(bottom[used]), np.maximum(cost, 0.0), cost)
    return Segments(
        family=family,
        period=period,
        sign=np.where(is_stock, 1.0, -1.0),
        cost=cost,
        width=top[used] - bottom[used],
        offset_amount=float(sum(hinge.cost(np.zeros(shape)).sum() for hinge in hinges)),
    )
