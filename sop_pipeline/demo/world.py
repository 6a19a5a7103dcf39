"""The demo company as it happened: demand, supply, deliveries and stock put together, so that the numbers close. Writing them stays out."""

from dataclasses import dataclass

import numpy as np

from sop_pipeline.demo.archetypes import BOTTLENECK, RESOURCES
from sop_pipeline.demo.catalogue import build_catalogue
from sop_pipeline.demo.demand import Lines, draw_lines, expected_demand
from sop_pipeline.demo.fulfilment import Deliveries, Events, balance_by_day, deliver
from sop_pipeline.demo.masters import NEVER, Catalogue
from sop_pipeline.demo.supply import Lots, Purchases, Supply, buy_components, complete_to_order, simulate_to_stock, stock_lots
from sop_pipeline.demo.timeline import Floats, Ints, Timeline


@dataclass(frozen=True)
class World:
    """Everything that happened. `stock` is by item and day of the history, all statuses together less what is blocked."""

    seed: int
    timeline: Timeline
    catalogue: Catalogue
    expected: Floats
    lines: Lines
    complete: Ints
    supply: Supply
    opening: Ints
    lots: Lots
    deliveries: Deliveries
    adjustments: Events
    blocked: Events
    unexplained: Events
    issues: Events
    stock: Ints
    purchases: Purchases
    hours_factor: dict[str, float]
    units: dict[str, int]

    @property
    def now(self) -> int:
        """Number of the as-of month."""
        return self.timeline.history_months


def simulate(families: int, items: int, years: int, seed: int) -> World:
    timeline = Timeline(12 * years)
    catalogue = build_catalogue(timeline, families, items, seed)
    expected = expected_demand(timeline, catalogue)
    lines, complete = complete_to_order(timeline, catalogue, draw_lines(timeline, catalogue, expected, seed))
    net = lines.quantity - lines.cancelled
    n, now, days = len(catalogue.items), timeline.history_months, timeline.as_of_day

    demanded = np.zeros((n, len(timeline.months)), dtype=np.int64)
    np.add.at(demanded, (lines.item, timeline.month_of_day[lines.requested_day]), net)
    to_order = np.flatnonzero((complete < NEVER) & (net > 0))
    made_to_order = np.zeros((n, now + 1), dtype=np.int64)
    within = to_order[timeline.month_of_day[complete[to_order]] <= now]
    np.add.at(made_to_order, (lines.item[within], timeline.month_of_day[complete[within]]), net[within])
    supply = simulate_to_stock(timeline, catalogue, expected, demanded=demanded, to_order_made=made_to_order, seed=seed)

    to_stock = stock_lots(timeline, catalogue, supply, seed)
    lots = _with_lots_to_order(timeline, to_stock, supply.scrapped, lines.take(to_order), complete[to_order])
    done = lots.day < days
    made = Events(lots.item[done], lots.day[done], lots.good[done])
    adjustments = _by_month(timeline, supply.adjusted)
    issues = _by_month(timeline, -supply.issued)
    unexplained, blocked = _special_events(timeline, catalogue)
    events = [made, adjustments, issues, unexplained, blocked]
    available = balance_by_day(supply.opening, events, days)
    lift = np.maximum(-available.min(axis=1), 0)
    available += lift[:, None]
    deliveries = deliver(timeline, catalogue, lines, complete=complete, available=available, seed=seed)
    gone = deliveries.day < days
    shipped = Events(lines.item[deliveries.line[gone]], deliveries.day[gone], -deliveries.quantity[gone])
    factor, units = _calibrate(timeline, catalogue, expected)
    return World(
        seed=seed,
        timeline=timeline,
        catalogue=catalogue,
        expected=expected,
        lines=lines,
        complete=complete,
        supply=supply,
        opening=supply.opening + lift,
        lots=lots,
        deliveries=deliveries,
        adjustments=adjustments,
        blocked=blocked,
        unexplained=unexplained,
        issues=issues,
        stock=available + balance_by_day(np.zeros(n, dtype=np.int64), [shipped], days),
        purchases=buy_components(timeline, catalogue, supply),
        hours_factor=factor,
        units=units,
    )


def _with_lots_to_order(timeline: Timeline, stock: Lots, scrapped: Ints, lines: Lines, complete: Ints) -> Lots:
    """Lots made to stock and to order; the month's scrap of what is made to order goes to its first lot of the month."""
    item, day = lines.item, complete
    quantity = lines.quantity - lines.cancelled
    month = timeline.month_of_day[day]
    order = np.lexsort((day, month, item))
    item, day, quantity, month = item[order], day[order], quantity[order], month[order]
    is_first = np.ones(len(item), dtype=bool)
    is_first[1:] = (item[1:] != item[:-1]) | (month[1:] != month[:-1])
    known = is_first & (month <= timeline.history_months)
    scrap = np.where(known, scrapped[item, np.minimum(month, timeline.history_months)], 0)
    lots = Lots(*(np.concatenate(pair) for pair in zip(vars(stock).values(), (item, day, quantity, scrap), strict=True)))
    order = np.lexsort((lots.item, lots.day))
    return Lots(*(values[order] for values in vars(lots).values()))


def _by_month(timeline: Timeline, quantity: Ints) -> Events:
    """Events on the last working day of months, from quantities by item and month."""
    item, month = np.nonzero(quantity[:, : timeline.history_months])
    return Events(item, timeline.last_working_day(month), quantity[item, month])


def _special_events(timeline: Timeline, catalogue: Catalogue) -> tuple[Events, Events]:
    """Differences nobody booked, and goods that were blocked for good."""

    def events(rows: list[tuple[str, int, int, int]]) -> Events:
        found = [
            (catalogue.family_of(stem), position, timeline.history_months + month, quantity) for stem, position, month, quantity in rows
        ]
        kept = [
            (family.first_item + position, month, quantity)
            for family, position, month, quantity in found
            if family is not None and position < family.item_count and month >= 0
        ]
        table = np.array(kept, dtype=np.int64).reshape(-1, 3)
        return Events(table[:, 0], timeline.last_working_day(table[:, 1]), table[:, 2])

    unexplained = [("KITS", 1, -11, -38), ("KITS", 4, -11, -14), ("CENTRIFUGAL", 0, -8, 6), ("VALVES", 3, -5, -25)]
    blocked = [("SUBMERSIBLE", 5, -15, -24), ("CENTRIFUGAL", 4, -6, -9), ("CIRCULATOR", 6, -4, -30)]
    return events(unexplained), events(blocked)


def hours_per_unit(catalogue: Catalogue) -> dict[str, Floats]:
    """Hours of each resource for one unit of each item, before calibration."""
    hours = {resource.resource_id: np.zeros(len(catalogue.families)) for resource in RESOURCES}
    for number, family in enumerate(catalogue.families):
        for operation in family.archetype.operations:
            hours[operation.resource_id][number] += operation.run_hours
            hours[operation.labour_resource_id][number] += operation.labour_hours
    units = catalogue.items.planning_units
    return {name: by_family[catalogue.items.family] * units for name, by_family in hours.items()}


def total_requirements(catalogue: Catalogue, expected: Floats) -> Floats:
    """Expected demand of items and what expected demand of others takes of them."""
    bill, n = catalogue.bill, len(catalogue.items)
    feeds = bill.component < n
    total = expected.copy()
    usage = bill.quantity_per[feeds] / (1 - bill.scrap_ratio[feeds])
    np.add.at(total, bill.component[feeds], expected[bill.parent[feeds]] * usage[:, None])
    return total


def _calibrate(timeline: Timeline, catalogue: Catalogue, expected: Floats) -> tuple[dict[str, float], dict[str, int]]:
    """Number of units of each resource, and the factor on its hours that brings the coming year's load to its `load_ratio`.

    Where the small numbers of a small company would leave a machine nearly idle, the factor stays within a half and twice the usual hours.
    """
    year = slice(timeline.history_months, timeline.history_months + 12)
    total = total_requirements(catalogue, expected)[:, year]
    factors, numbers = {}, {}
    for resource in RESOURCES:
        hours = (hours_per_unit(catalogue)[resource.resource_id][:, None] * total).sum()
        days = timeline.site_working_days(resource.site_id)[year].sum()
        one = resource.hours_per_day * days * resource.efficiency_ratio * resource.utilisation_ratio * resource.load_ratio
        number = max(1, int(np.rint(hours / one)))
        if resource.resource_id == BOTTLENECK:
            number = max(1, int(hours / one))
        numbers[resource.resource_id] = number
        factors[resource.resource_id] = float(np.clip(one * number / hours, 0.5, 2.0)) if hours > 0 else 1.0
    return factors, numbers


def calibrated_hours(world: World) -> dict[str, Floats]:
    """Hours of each resource for one unit of each item, as routings and bills of resources state them."""
    return {name: np.round(hours * world.hours_factor[name], 4) for name, hours in hours_per_unit(world.catalogue).items()}


def delivered(world: World) -> Deliveries:
    """Deliveries that have left."""
    gone = world.deliveries.day < world.timeline.as_of_day
    return Deliveries(*(values[gone] for values in vars(world.deliveries).values()))


def lots_done(world: World, *, done: bool) -> Lots:
    """Completed lots, or lots still to be made."""
    which = (world.lots.day < world.timeline.as_of_day) == done
    return Lots(*(values[which] for values in vars(world.lots).values()))
