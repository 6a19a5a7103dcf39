"""From a family's quantity to its items: equal run-out time, then lots. What items need of components is in `requirements`."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.planning.supply.arrays import InputError
from sop_pipeline.planning.supply.inputs import Floats, Positions

LOOK_AHEAD_PERIODS = 3  # over which an item's coming demand is averaged to a daily rate
ALMOST = 1e-9  # of a lot
OWED_RATE = 1e-9  # of a family's rate


@dataclass(frozen=True)
class ItemSplit:
    """Items' shares of their families' quantities. N items, F families, T periods; all in planning units of the family."""

    run_out_quantity: Floats  # NT: unrounded; sums to the family and what its lots before left over
    lot_quantity: Floats  # NT: in whole lots
    residual_quantity: Floats  # FT: the family's quantity to date less its lots, carried to the next period


def split_families(
    family: Positions,
    opening_quantity: Floats,
    demand_quantity: Floats,
    family_quantity: Floats,
    working_days: Floats,
    *,
    lot_multiple: Floats,
) -> ItemSplit:
    """Split each period's family quantity so that all items made run out on the same day, then round to lots.

    `family`: N, sorted positions; `opening_quantity`: N, stock less what customers wait for; `demand_quantity`: N × T; `family_quantity`,
    `working_days`: F × T; `lot_multiple`: N, 0 = any quantity. An item that already lasts longer than the others gets nothing. What lots
    leave of a family's quantity is carried to its next period, so that no drift builds up. Raises InputError where items are not sorted by
    family.
    """
    if (np.diff(family) < 0).any():
        raise InputError("items must be sorted by family; sort them by family and item before splitting")
    count, periods = demand_quantity.shape
    quantity, lots = np.zeros((count, periods)), np.zeros((count, periods))
    residual = np.zeros(family_quantity.shape)
    carried = np.zeros(family_quantity.shape[0])
    stock = opening_quantity.astype(np.float64)
    for period in range(periods):
        ahead = slice(period, period + LOOK_AHEAD_PERIODS)
        days = np.maximum(working_days[:, ahead].sum(axis=1), 1.0)[family]
        rate = demand_quantity[:, ahead].sum(axis=1) / days
        wanted = np.maximum(family_quantity[:, period] + carried, 0.0)
        left = stock - demand_quantity[:, period]
        quantity[:, period] = split_by_run_out(family, left, rate, wanted)
        lots[:, period] = round_to_lots(family, quantity[:, period], lot_multiple, wanted)
        carried = family_quantity[:, period] + carried - np.bincount(family, lots[:, period], minlength=carried.size)
        residual[:, period] = carried
        stock = left + lots[:, period]
    return ItemSplit(quantity, lots, residual)


def split_by_run_out(family: Positions, available_quantity: Floats, rate_per_day: Floats, family_quantity: Floats) -> Floats:
    """One period: quantities ≥ 0 that sum to the family's and leave every item that gets any with the same days of stock.

    Water-filling: items sorted by their days of stock fill up in turn, by cumulative sums over all families at once. N, planning units.
    """
    rates = rate_per_day.copy()
    # A family nobody asks for is split evenly: its total must still be somewhere.
    asked = np.bincount(family, rates, minlength=family_quantity.size)
    even = (asked <= 0)[family]
    rates[even] = 1.0
    stock = np.where(even, 0.0, available_quantity)
    # An item that customers wait for, but nobody will ask for again, comes first: a tiny rate makes it long overdue.
    owed = (stock < 0) & (rates <= 0)
    rates[owed] = OWED_RATE * asked[family[owed]]
    days = np.divide(stock, rates, out=np.full_like(stock, np.inf), where=rates > 0)
    order = np.lexsort((days, family))
    of_family = family[order]
    first = np.searchsorted(of_family, np.arange(family_quantity.size))
    filled_rate = _sums_within(np.where(rates[order] > 0, rates[order], 0.0), of_family, first)
    filled_stock = _sums_within(np.where(rates[order] > 0, stock[order], 0.0), of_family, first)
    level = np.where(np.isfinite(days[order]), days[order], 0.0)
    needed = np.where(rates[order] > 0, level * filled_rate - filled_stock, np.inf)
    fills = needed <= family_quantity[of_family] * (1 + 1e-12)
    last = first + np.maximum(np.bincount(of_family, fills, minlength=first.size).astype(np.int64) - 1, 0)
    usable = np.minimum(last, order.size - 1)
    # Written with the rate of all items that fill, the common day of running out makes their quantities sum to the family's.
    day = np.divide(family_quantity + filled_stock[usable], filled_rate[usable], out=np.zeros(first.size), where=filled_rate[usable] > 0)
    shares = np.where(fills, np.maximum(day[of_family] * rates[order] - stock[order], 0.0), 0.0)
    quantity = np.zeros_like(stock)
    quantity[order] = shares
    return quantity


def round_to_lots(family: Positions, quantity: Floats, lot_multiple: Floats, family_quantity: Floats) -> Floats:
    """Whole lots: rounded down, then one more for the largest remainders while the family's total is over half a lot away. N."""
    lot = np.where(lot_multiple > 0, lot_multiple, 1.0)
    whole = np.floor(quantity / lot + ALMOST) * lot
    whole = np.where(lot_multiple > 0, whole, quantity)
    remainder = quantity - whole
    missing = family_quantity - np.bincount(family, whole, minlength=family_quantity.size)
    order = np.lexsort((-remainder / lot, family))
    of_family = family[order]
    first = np.searchsorted(of_family, np.arange(family_quantity.size))
    open_lots = np.where(remainder[order] > ALMOST * lot[order], lot[order], 0.0)
    added = _sums_within(open_lots, of_family, first)
    take = (open_lots > 0) & (added - open_lots / 2 <= missing[of_family])
    lots = whole.copy()
    lots[order[take]] += lot[order[take]]
    return lots


def item_load(item: Positions, resource: Positions, usage_per_unit: Floats, quantity: Floats, resources: int) -> Floats:
    """Load of every resource and period by the real mix: usage per unit × item quantity, summed; it shows what the mean bill hid."""
    load = np.zeros((resources, quantity.shape[1]))
    np.add.at(load, resource, usage_per_unit[:, None] * quantity[item])
    return load


def _sums_within(values: Floats, of_family: Positions, first: Positions) -> Floats:
    """Running sums that start again with every family."""
    running = np.cumsum(values)
    before = np.concatenate([[0.0], running])[first]
    return running - before[of_family]
