"""The strategies as settings of the one model: what a family is steered to, how hard, and what a change of its rate costs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sop_pipeline.planning.supply.inputs import STRATEGIES, Floats, InputError, SupplyInputs
from sop_pipeline.planning.supply.prices import FOLLOW_MULTIPLE, HYBRID_WEIGHT, LEVEL_WEIGHT, Prices

PLANNED = "planned"


@dataclass(frozen=True)
class Rules:
    """What the strategies of a plan ask of each family. The position is inventory less backlog at the end of a period."""

    target_position_quantity: Floats  # FT, planning units; NaN = none
    below_target: Floats  # FT, money per planning unit short of it
    above_target: Floats  # FT, money per planning unit beyond it
    rate_change: Floats  # FT, money per planning unit a day
    is_level: NDArray[np.bool_]  # FT: one rate per block
    is_block_start: NDArray[np.bool_]  # FT: the rate may change here for nothing
    heads_change: float  # money per head hired or laid off, beside what it costs
    shows_load: NDArray[np.bool_]  # F: overload is cheaper than leaving the strategy


def apply_strategy(inputs: SupplyInputs, prices: Prices, strategy: str) -> Rules:
    """The rules of one strategy for every family, or of `planned`: each family its own. Raises InputError for another name."""
    if strategy != PLANNED and strategy not in STRATEGIES:
        raise InputError(f"strategy {strategy!r} is none of {', '.join((*STRATEGIES, PLANNED))}")
    families, switches = inputs.families, inputs.switches
    _, periods = inputs.shape
    number = strategy_numbers(inputs, strategy)
    level, chase, hybrid = (number == STRATEGIES.index(wanted) for wanted in ("level", "chase", "hybrid"))

    policy = position_targets(inputs)
    opening = np.where(families.is_make_to_order, inputs.opening_position_quantity, families.opening_inventory_quantity)[:, None]
    target = np.where((level | chase) & np.isnan(policy), opening, policy)
    steep = FOLLOW_MULTIPLE * prices.value[:, None]
    overridden = ~np.isnan(families.inventory_override_quantity) | ~np.isnan(families.backlog_override_quantity)
    starts = _block_starts(level, overridden, max(int(switches.level_block_periods), 1))
    ends = np.ones_like(level)
    ends[:, :-1] = starts[:, 1:] | ~level[:, 1:]
    followed = chase | (level & ends)
    promised = np.where(overridden, _override_position(inputs), target)

    # A level family has no target inside its block: the rate decides the path, and no price may bend it.
    soft = np.where(level, 0.0, prices.below_target)
    below = np.where(followed, steep, soft)
    works_ahead = (promised < 0) & ~level
    above = np.where(followed, steep, np.where(works_ahead, prices.below_backlog_target, 0.0))
    strongest = np.maximum(steep, prices.forced[:, None] / max(periods, 1))
    below, above = (np.where(overridden, strongest, price) for price in (below, above))

    # The wish for stability may be weighed; a level plan without it would be none.
    weight = np.where(level, LEVEL_WEIGHT, np.where(hybrid, HYBRID_WEIGHT * switches.stability_weight, 0.0))
    return Rules(
        target_position_quantity=promised,
        below_target=below,
        above_target=above,
        rate_change=weight * prices.value[:, None],
        is_level=level,
        is_block_start=starts | (~level & (np.arange(periods) == 0) & np.isnan(families.previous_rate)[:, None]),
        heads_change=switches.workforce_stability_weight,
        shows_load=(level | chase).any(axis=1) & (switches.overload == "before_strategy"),
    )


def strategy_numbers(inputs: SupplyInputs, strategy: str) -> NDArray[np.int64]:
    """Per family and period the position in STRATEGIES of what it follows: the one strategy of all, or its own."""
    families = inputs.families
    if strategy != PLANNED:
        return np.full(inputs.shape, STRATEGIES.index(strategy))
    own = np.array([STRATEGIES.index(name) for name in families.strategies], dtype=np.int64)
    return np.where(families.period_strategy >= 0, families.period_strategy, own[:, None])


def _block_starts(level: NDArray[np.bool_], overridden: NDArray[np.bool_], block: int) -> NDArray[np.bool_]:
    """Where a new rate of a level family may begin: every block, where it turns level, and after a closing that somebody ordered."""
    begins = np.broadcast_to(np.arange(level.shape[1]) % block == 0, level.shape).copy()
    begins[:, 1:] |= ~level[:, :-1] | overridden[:, :-1]
    return level & begins


def position_targets(inputs: SupplyInputs) -> Floats:
    """Per family and period the closing position management asks for: target stock, or minus the target backlog; NaN = none."""
    families = inputs.families
    backlog = np.where(families.is_make_to_order[:, None], families.target_backlog_quantity, np.nan)
    return np.where(
        np.isnan(backlog),
        families.target_inventory_quantity,
        np.where(backlog > 0, -backlog, np.nan_to_num(families.target_inventory_quantity)),
    )


def _override_position(inputs: SupplyInputs) -> Floats:
    families = inputs.families
    stock, backlog = families.inventory_override_quantity, families.backlog_override_quantity
    return np.where(np.nan_to_num(backlog) > 0, -backlog, np.nan_to_num(stock))
