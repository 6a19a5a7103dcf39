"""How the demo company meets demand: monthly production plans, lots, completions to order, purchases of components.

Who gets which goods when is fulfilment's.
"""

from dataclasses import dataclass, replace

import numpy as np

from sop_pipeline.demo.demand import Lines
from sop_pipeline.demo.masters import NEVER, Catalogue
from sop_pipeline.demo.timeline import Flags, Floats, Ints, Timeline, stream

PLAN_MONTHS = 12  # how far an approved plan of the past reaches
LEVEL_MONTHS = 6  # a production plan holds one daily rate for so long
DAYS_PER_MONTH = 21
SMOOTHING_DAYS = 15  # working days over which completions to order are levelled, fewer where lead times are short
FEWEST_DAYS_TO_BUILD = 5
EARLY_DAYS_TO_BUILD = 8  # in the first weeks of the history, before a backlog has built up
STOCK_OUT_MONTHS = (-18, -17, -16)  # SUBMERSIBLE: the supplier of shaft seals failed
BREAKDOWN_MONTHS = (-3, -2, -1)  # CIRCULATOR: the line in Ulm stood still
OVERBUYING_MONTHS = range(-10, 1)  # VALVES: much more than the policy asks for
SLOWING_MONTHS = 10  # PROCESS: bookings outgrow the crew, lead time drifts


@dataclass(frozen=True)
class Lots:
    """Completion reports, or lots still to be made. Days are numbers, quantities in the item's unit."""

    item: Ints
    day: Ints
    good: Ints
    scrap: Ints

    def __len__(self) -> int:
        return len(self.item)


@dataclass(frozen=True)
class Plans:
    """Plans of the past, in planning units, by family, cycle (a month of the history) and month ahead."""

    demand: Floats
    production: Floats
    closing: Floats


@dataclass(frozen=True)
class Supply:
    """`supplied`: by item and month, the as-of month included; `issued`: by item and month of the history. `opening`: at the start."""

    opening: Ints
    supplied: Ints
    scrapped: Ints
    issued: Ints
    adjusted: Ints
    plans: Plans


def planned_demand(timeline: Timeline, catalogue: Catalogue, expected: Floats, seed: int) -> Floats:
    """What planners believed: expected demand of families with an error that grows with the distance, by cycle and month ahead."""
    rng = stream(seed, "plans")
    cycles = timeline.history_months + 1
    months = np.arange(cycles)[:, None] + np.arange(PLAN_MONTHS)[None, :]
    by_family = catalogue.planning_sums(expected)
    whole = rng.normal(0, 0.02, (len(by_family), cycles, 1))
    ahead = rng.normal(0, 0.006, (len(by_family), cycles, PLAN_MONTHS)).cumsum(axis=2)
    return np.asarray(by_family[:, months] * np.exp(whole + ahead))


def simulate_to_stock(
    timeline: Timeline, catalogue: Catalogue, expected: Floats, *, demanded: Ints, to_order_made: Ints, seed: int
) -> Supply:
    """Month by month: a level plan per family from stock and expected demand, shared out to items, rounded to lots; components issued.

    `demanded`: by item and month, what is asked for and not cancelled; `to_order_made`: by item and month, what is completed to order.
    """
    rng = stream(seed, "production")
    items, bill, now = catalogue.items, catalogue.bill, timeline.history_months
    to_stock = catalogue.is_made_to_stock
    feeds = bill.component < len(items)
    parent, part = bill.parent[feeds], bill.component[feeds]
    usage = bill.quantity_per[feeds] / (1 - bill.scrap_ratio[feeds])

    def issues(made: Ints | Floats) -> Floats:
        return np.asarray(np.bincount(part, weights=made[parent] * usage, minlength=len(items)))

    dependent = np.stack([issues(expected[:, month]) for month in range(expected.shape[1])], axis=1)
    gross = expected + dependent
    target = _targets(timeline, catalogue, gross)
    limit = _limits(timeline, catalogue)
    working = np.minimum(timeline.site_working_days("KIEL"), timeline.site_working_days("ULM"))
    demand = planned_demand(timeline, catalogue, expected, seed)
    needed = demand + catalogue.planning_sums(dependent)[:, np.arange(now + 1)[:, None] + np.arange(PLAN_MONTHS)[None, :]]
    plan = np.zeros_like(demand)
    closing = np.zeros_like(demand)

    opening = np.where(to_stock, np.rint(target[:, 0] + 0.3 * gross[:, 0]), 0).astype(np.int64)
    net = opening.astype(float)
    supplied, scrapped = np.zeros((2, len(items), now + 1), dtype=np.int64)
    issued = np.zeros((len(items), now + 1), dtype=np.int64)
    adjusted = _adjustments(rng, gross[:, :now], to_stock)
    carried = rng.uniform(0, 1, len(items)) * items.lot
    family_target = catalogue.planning_sums(target)
    for month in range(now + 1):
        plan[:, month], closing[:, month] = _level(
            needed[:, month], family_target[:, month:], catalogue.planning_sums(net), working[month:]
        )
        usual = catalogue.planning_sums(gross[:, month : month + 12]).mean(axis=1) * working[month] / working[month : month + 12].mean()
        behind = np.maximum(0.7 * family_target[:, month + 1] - closing[:, month, 0], 0)  # what a level rate would make up too late
        rate = np.clip(plan[:, month, 0] + behind, 0.35 * usual, 1.4 * usual) * limit[:, month]
        wish = _share_out(
            catalogue, rate, np.maximum(target[:, month + 1] + gross[:, month] - net, 0), gross[:, month : month + 4].mean(axis=1)
        )
        wish[(items.phase_out_month <= month) | ((items.launch_month > month) & (items.launch_month >= 0))] = 0
        carried += np.where(to_stock, wish, 0)
        made = np.maximum(np.floor(carried / items.lot), 0).astype(np.int64) * items.lot
        carried = np.clip(carried - made, 0, items.lot)
        supplied[:, month] = np.where(to_stock, made, to_order_made[:, month])
        scrapped[:, month] = np.rint(supplied[:, month] * rng.uniform(0, 0.02, len(items)) * (rng.uniform(0, 1, len(items)) < 0.5))
        issued[:, month] = np.rint(issues(supplied[:, month] + scrapped[:, month]))
        if month < now:
            net += np.where(to_stock, made - demanded[:, month] + adjusted[:, month], 0) - issued[:, month]
    scrapped[catalogue.is_bought] = 0
    return Supply(opening, supplied, scrapped, issued[:, :now], adjusted, Plans(demand, plan, closing))


def _targets(timeline: Timeline, catalogue: Catalogue, gross: Floats) -> Floats:
    """Stock aimed at, by item and month: days of coming demand, with the over-buying and the stock made for an item that fades."""
    items, now = catalogue.items, timeline.history_months
    months = gross.shape[1] - 3
    ahead = (gross[:, :months] + gross[:, 1 : months + 1] + gross[:, 2 : months + 2]) / 3
    days = np.array([family.archetype.target_days for family in catalogue.families])[items.family]
    target: Floats = days[:, None] / DAYS_PER_MONTH * ahead
    valves = catalogue.family_of("VALVES")
    if valves is not None:
        over = [now + offset for offset in OVERBUYING_MONTHS if now + offset >= 0]
        target[valves.items, over] *= 4
    for item in np.flatnonzero(items.phase_out_month == now + 2):
        target[item, max(now - 8, 0) : now + 1] = 5 * gross[item, max(now - 9, 0)]
    return target


def _limits(timeline: Timeline, catalogue: Catalogue) -> Floats:
    """What part of its plan a family could make, by family and month: the events of the story."""
    now = timeline.history_months
    limit = np.ones((len(catalogue.families), now + 1))
    for number, family in enumerate(catalogue.families):
        for stem, months, share in (("SUBMERSIBLE", STOCK_OUT_MONTHS, 0.12), ("CIRCULATOR", BREAKDOWN_MONTHS, 0.45)):
            if family.family_id == stem:
                limit[number, [now + month for month in months if now + month >= 0]] = share
    return limit


def _adjustments(rng: np.random.Generator, gross: Floats, to_stock: Flags) -> Ints:
    """Counting differences that were booked: small, rare, both ways."""
    size = np.rint(gross * rng.uniform(-0.06, 0.04, gross.shape)).astype(np.int64)
    happens = (rng.uniform(0, 1, gross.shape) < 0.02) & to_stock[:, None]
    return np.where(happens, size, 0)


def _level(needed: Floats, target: Floats, net: Floats, working: Ints) -> tuple[Floats, Floats]:
    """Production and closing stock of families, by month ahead: blocks of one daily rate, each ending at its target."""
    made = np.zeros_like(needed)
    stock = net
    for first in range(0, PLAN_MONTHS, LEVEL_MONTHS):
        block = slice(first, first + LEVEL_MONTHS)
        total = np.maximum(needed[:, block].sum(axis=1) + target[:, first + LEVEL_MONTHS] - stock, 0)
        made[:, block] = total[:, None] * working[block] / working[block].sum()
        stock = stock + total - needed[:, block].sum(axis=1)
    return made, net[:, None] + (made - needed).cumsum(axis=1)


def _share_out(catalogue: Catalogue, rate: Floats, missing: Floats, usual: Floats) -> Floats:
    """A family's production shared to items, in their units: first what they lack, the rest by their usual demand."""
    family = catalogue.items.family
    lacking = catalogue.planning_sums(missing)
    covered = np.minimum(1, rate / np.maximum(lacking, 1e-9))
    rest = np.maximum(rate - lacking, 0) / np.maximum(catalogue.planning_sums(usual), 1e-9)
    return np.asarray(missing * covered[family] + usual * rest[family])


def complete_to_order(timeline: Timeline, catalogue: Catalogue, lines: Lines) -> tuple[Lines, Ints]:
    """Promised and requested days of lines made to order, and the day each is complete (NEVER for other lines).

    Completions follow bookings after the family's lead time, levelled over weeks: the curve of cumulated bookings, shifted and smoothed.
    """
    complete = np.full(len(lines), NEVER, dtype=np.int64)
    requested, promised = lines.requested_day.copy(), lines.promised_day.copy()
    position = timeline.working_position(lines.order_day)
    now = int(timeline.working_position(np.array([timeline.as_of_day]))[0])
    positions = np.arange(now + 150)
    slowing_from = now - SLOWING_MONTHS * DAYS_PER_MONTH
    for number, family in enumerate(catalogue.families):
        kind = family.archetype
        if kind.is_made_to_stock:
            continue
        mine = np.flatnonzero(catalogue.items.family[lines.item] == number)
        mine = mine[np.argsort(position[mine], kind="stable")]
        smoothing = min(SMOOTHING_DAYS, kind.customer_lead_time_days // 2)
        lead = (0.75 * kind.customer_lead_time_days - smoothing / 2) * np.ones(len(positions))
        if family.family_id == "PROCESS":
            lead *= 1 + 1.1 * np.clip((positions - slowing_from) / (now - slowing_from), 0, 1)
        lead = np.minimum(lead, EARLY_DAYS_TO_BUILD + positions * 0.5)
        quantity = lines.quantity[mine].cumsum()
        booked = np.concatenate([[0], quantity])[np.searchsorted(position[mine], positions, side="right")].astype(float)
        shifted = booked[np.clip(np.floor(positions - lead), 0, len(positions) - 1).astype(np.int64)]
        window = np.concatenate([np.full(smoothing, shifted[0]), shifted]).cumsum()
        levelled = np.maximum.accumulate((window[smoothing:] - window[:-smoothing]) / smoothing)
        done = np.searchsorted(levelled, quantity - 1e-6)
        done = np.clip(done, position[mine] + FEWEST_DAYS_TO_BUILD, len(timeline.working_days) - 1)
        complete[mine] = timeline.working_days[done]
        wish = position[mine] + np.rint(kind.customer_lead_time_days * (0.85 + 0.3 * (mine * 7 % 10) / 9)).astype(np.int64)
        requested[mine] = timeline.working_days[wish]
        promised[mine] = np.maximum(requested[mine], timeline.working_days[position[mine] + kind.customer_lead_time_days])
    return replace(lines, requested_day=requested, promised_day=promised), complete


def stock_lots(timeline: Timeline, catalogue: Catalogue, supply: Supply, seed: int) -> Lots:
    """Lots of what is made or bought to stock, as-of month included: one or two a month and item, on working days."""
    rng = stream(seed, "lots")
    to_stock = catalogue.is_made_to_stock
    item, month = np.nonzero(supply.supplied * to_stock[:, None])
    quantity, scrap = supply.supplied[item, month], supply.scrapped[item, month]
    is_split = quantity >= 4 * catalogue.items.lot[item]
    half = np.where(is_split, quantity // (2 * catalogue.items.lot[item]) * catalogue.items.lot[item], 0)
    second = np.flatnonzero(is_split)
    lots = Lots(
        item=np.concatenate([item, item[second]]),
        day=np.concatenate(
            [
                timeline.draw_working_days(rng, month, (0.0, 0.75)),
                timeline.draw_working_days(rng, month[second], (0.5, 1.0)),
            ]
        ),
        good=np.concatenate([quantity - half, half[second]]),
        scrap=np.concatenate([scrap, np.zeros(len(second), dtype=np.int64)]),
    )
    order = np.lexsort((lots.item, lots.day))
    return Lots(*(values[order] for values in vars(lots).values()))


@dataclass(frozen=True)
class Purchases:
    """Components by month: opening stock, receipts and issues; quantities in the component's unit."""

    opening: Floats
    received: Floats
    issued: Floats


def buy_components(timeline: Timeline, catalogue: Catalogue, supply: Supply) -> Purchases:
    """Receipts early in a month that cover its issues, on the month's last working day, and leave four weeks of the coming usage.

    The last month of `received` is the as-of month: what is on order.
    """
    bill, n, now = catalogue.bill, len(catalogue.items), timeline.history_months
    is_bought = bill.component >= n
    made = supply.supplied + supply.scrapped
    used = np.zeros((len(catalogue.components), now + 1))
    np.add.at(
        used,
        bill.component[is_bought] - n,
        made[bill.parent[is_bought]] * (bill.quantity_per / (1 - bill.scrap_ratio))[is_bought, None],
    )
    used = np.ceil(used * 10) / 10 if used.size else used
    pieces = catalogue.components.unit == "pcs"
    used[pieces] = np.ceil(used[pieces])
    average = used.mean(axis=1)
    lot = np.maximum(10.0 ** np.floor(np.log10(np.maximum(average, 1)) - 0.3), 1) * 5
    opening = np.ceil(average / lot) * lot
    stock = opening.copy()
    received = np.zeros_like(used)
    for month in range(now + 1):
        wish = used[:, month] + average - stock
        received[:, month] = np.where(wish > 0, np.ceil(wish / lot) * lot, 0)
        stock += received[:, month] - used[:, month]
    return Purchases(opening, received, used[:, :now])
