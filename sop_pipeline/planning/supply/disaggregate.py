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
    """Items' shares of what their sources supply. E shares, S sources, T periods; all in planning units of the family."""

    run_out_quantity: Floats  # ET: unrounded; of a source they sum to its quantity and what its lots before left over
    lot_quantity: Floats  # ET: in whole lots
    residual_quantity: Floats  # ET: planned to date less lots to date; of a source they sum to what it carries on


def split_families(
    item: Positions,
    source: Positions,
    turn: Positions,
    *,
    opening_quantity: Floats,
    demand_quantity: Floats,
    source_quantity: Floats,
    lot_minimum: Floats,
    lot_multiple: Floats,
) -> ItemSplit:
    """Split each period's quantity of every source so that all items made run out on the same day, then round to lots.

    `item`, `source`: E, who can have a share of what, sorted by source; `turn`: S, sources of a family split in this order, each knowing
    what those before gave; `opening_quantity`: N, stock less what customers wait for; `demand_quantity`: N × T or more periods, of which
    those beyond only tell how fast an item sells; `source_quantity`: S × T; `lot_minimum`, `lot_multiple`: N, 0 = any quantity. An item
    that already lasts longer than the others gets nothing. What lots leave of a source's quantity is carried to its next period, so that
    no drift builds up. Raises InputError where shares are not sorted by source.
    """
    if (np.diff(source) < 0).any():
        raise InputError("shares must be sorted by source; sort them by source and item before splitting")
    periods = source_quantity.shape[1]
    shape = (item.size, periods)
    quantity, lots, residual = np.zeros(shape), np.zeros(shape), np.zeros(shape)
    carried = np.zeros(source_quantity.shape[0])
    stock = opening_quantity.astype(np.float64)
    turns = [np.flatnonzero(turn[source] == number) for number in np.unique(turn)]
    minimum, multiple = lot_minimum[item], lot_multiple[item]
    for period in range(periods):
        rate = demand_quantity[:, period : period + LOOK_AHEAD_PERIODS].sum(axis=1)
        stock = stock - demand_quantity[:, period]
        wanted = np.maximum(source_quantity[:, period] + carried, 0.0)
        for entries in turns:
            items, of_source = item[entries], source[entries]
            quantity[entries, period] = split_by_run_out(of_source, stock[items], rate[items], wanted)
            lots[entries, period] = round_to_lots(
                of_source, quantity[entries, period], wanted, lot_minimum=minimum[entries], lot_multiple=multiple[entries]
            )
            stock = stock + np.bincount(items, lots[entries, period], minlength=stock.size)
        ahead = source_quantity[:, period] + carried
        # A source whose lots ran ahead of its plan by more than the period asks for rests, and its items' lead shrinks with it.
        shrink = np.divide(ahead, carried, out=np.zeros_like(ahead), where=(ahead < 0) & (carried < 0))
        before = residual[:, period - 1] if period else np.zeros(item.size)
        residual[:, period] = quantity[:, period] - lots[:, period] + before * shrink[source]
        carried = ahead - np.bincount(source, lots[:, period], minlength=carried.size)
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
    # Long overdue items make a day so large that digits of the sum are lost: the total comes back by scale.
    given = np.bincount(family, quantity, minlength=family_quantity.size)
    return quantity * np.divide(family_quantity, given, out=np.zeros_like(given), where=given > 0)[family]


def round_to_lots(family: Positions, quantity: Floats, family_quantity: Floats, *, lot_minimum: Floats, lot_multiple: Floats) -> Floats:
    """Whole lots: rounded down, then one more for the largest remainders while the family's total is over half a lot away. N.

    The first lot of an item is the least multiple that reaches its minimum.
    """
    lot = np.where(lot_multiple > 0, lot_multiple, 1.0)
    least = np.where(lot_multiple > 0, np.ceil(lot_minimum / lot - ALMOST) * lot, lot_minimum)
    whole = np.where(lot_multiple > 0, np.floor(quantity / lot + ALMOST) * lot, quantity)
    whole = np.where(whole < least * (1 - ALMOST), 0.0, whole)
    step = np.where(whole > 0, np.where(lot_multiple > 0, lot, 0.0), np.maximum(least, np.where(lot_multiple > 0, lot, 0.0)))
    remainder = quantity - whole
    missing = family_quantity - np.bincount(family, whole, minlength=family_quantity.size)
    share = np.divide(remainder, step, out=np.zeros_like(remainder), where=step > 0)
    order = np.lexsort((-share, family))
    of_family = family[order]
    first = np.searchsorted(of_family, np.arange(family_quantity.size))
    open_lots = np.where(share[order] > ALMOST, step[order], 0.0)
    added = _sums_within(open_lots, of_family, first)
    take = (open_lots > 0) & (added - open_lots / 2 <= missing[of_family])
    lots = whole.copy()
    lots[order[take]] += step[order[take]]
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
