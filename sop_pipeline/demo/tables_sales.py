"""What sales of the demo company sends: orders, shipments, the sales plan, customers."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import CUSTOMER_GROUPS, US_DISTRIBUTORS, WHOLESALE
from sop_pipeline.demo.demand import UNITS_PER_BOX, is_in_dollars, line_prices
from sop_pipeline.demo.frames import dates, money, repeated, texts, where, whole_or_tenths
from sop_pipeline.demo.masters import Texts
from sop_pipeline.demo.timeline import Flags, Floats, Ints, stream
from sop_pipeline.demo.world import World, delivered

SUBMISSIONS = 18  # how many months of sales plans are kept
MONTHS_SUBMITTED = 6
MONTHS_SUBMITTED_LAST = 18
OVERSTATED_RATIO = {"SUBMERSIBLE": 0.13}  # what sales promises beyond what comes
SILENT_SINCE = {"VACUUM": -4}  # months from the as-of month since which nobody submitted
BY_CUSTOMER_GROUP = ("GARDEN", "SUBMERSIBLE")


@dataclass(frozen=True)
class Orders:
    """Numbers of orders and lines, and of the returns that follow: what both sales files are keyed by."""

    order_id: Texts
    order_line: Ints
    price: Floats
    in_boxes: Flags
    shipped: Ints
    last_ship_day: Ints


def numbered(changes: Flags, year: Ints, prefix: str) -> tuple[Texts, Ints]:
    """Documents and line numbers of rows in document order: a new document wherever `changes` is true."""
    document = changes.cumsum()
    first = np.flatnonzero(changes)
    line = np.arange(len(changes)) - np.repeat(first, np.diff(np.append(first, len(changes)))) + 1
    return np.array([f"{prefix}{y % 100:02d}-{d:05d}" for y, d in zip(year, document, strict=True)], dtype=object), line


def order_numbers(world: World) -> Orders:
    """Order and line numbers, prices and what was shipped of each line."""
    lines, timeline = world.lines, world.timeline
    changes = np.ones(len(lines), dtype=bool)
    changes[1:] = (lines.order_day[1:] != lines.order_day[:-1]) | (lines.customer[1:] != lines.customer[:-1])
    order_id, line = numbered(changes, timeline.year_of_month[timeline.month_of_day[lines.order_day]], "SO")
    gone = delivered(world)
    out = gone.quantity > 0
    shipped = np.zeros(len(lines), dtype=np.int64)
    last = np.full(len(lines), -1, dtype=np.int64)
    np.add.at(shipped, gone.line[out], gone.quantity[out])
    np.maximum.at(last, gone.line[out], gone.day[out])
    valves = world.catalogue.family_of("VALVES")
    group = world.catalogue.customers.group[lines.customer]
    in_boxes = (lines.quantity % UNITS_PER_BOX == 0) & (lines.cancelled % UNITS_PER_BOX == 0) & (group == CUSTOMER_GROUPS.index(WHOLESALE))
    number = -1 if valves is None else world.catalogue.families.index(valves)
    in_boxes &= world.catalogue.items.family[lines.item] == number
    return Orders(order_id, line * 10, line_prices(timeline, world.catalogue, lines), in_boxes, shipped, last)


def sales_orders(world: World) -> pl.DataFrame:
    """One row per order line; returns are orders of their own."""
    numbers = order_numbers(world)
    lines, timeline, catalogue = world.lines, world.timeline, world.catalogue
    per = np.where(numbers.in_boxes, UNITS_PER_BOX, 1)
    status = np.where(
        lines.cancelled >= lines.quantity, "cancelled", np.where(numbers.shipped + lines.cancelled >= lines.quantity, "closed", "open")
    )
    cancelled_day = np.minimum(lines.order_day + 4, timeline.as_of_day - 1)
    table = pl.DataFrame(
        {
            "order_id": texts(numbers.order_id),
            "order_line": numbers.order_line,
            "item_id": texts(catalogue.items.item_id[lines.item]),
            "site_id": _sites(world, lines.item),
            "customer_id": texts(catalogue.customers.customer_id[lines.customer]),
            "order_date": dates(timeline.dates(lines.order_day)),
            "requested_date": dates(timeline.dates(lines.requested_day)),
            "promised_date": dates(timeline.dates(lines.promised_day)),
            "ordered_quantity": whole_or_tenths(lines.quantity / per),
            "shipped_quantity": whole_or_tenths(numbers.shipped / per),
            "cancelled_quantity": where(lines.cancelled > 0, whole_or_tenths(lines.cancelled / per)),
            "cancelled_date": where(lines.cancelled > 0, dates(timeline.dates(cancelled_day))),
            "last_ship_date": where(numbers.last_ship_day >= 0, dates(timeline.dates(np.maximum(numbers.last_ship_day, 0)))),
            "unit_of_measure": where(numbers.in_boxes, repeated("BOX", len(lines))),
            "net_unit_price": money(numbers.price * per),
            "currency": _currencies(world, lines.customer),
            "order_type": texts(lines.order_type),
            "order_status": texts(status),
        }
    )
    return pl.concat([table, _return_orders(world, numbers, table.schema)])


def _return_orders(world: World, numbers: Orders, schema: pl.Schema) -> pl.DataFrame:
    gone = delivered(world)
    back = np.flatnonzero(gone.quantity < 0)
    line, day, quantity = gone.line[back], gone.day[back], -gone.quantity[back]
    day_of = dates(world.timeline.dates(day))
    columns = {
        "order_id": texts(f"RT-{number + 1:05d}" for number in range(len(back))),
        "order_line": np.full(len(back), 10),
        "item_id": texts(world.catalogue.items.item_id[world.lines.item[line]]),
        "site_id": _sites(world, world.lines.item[line]),
        "customer_id": texts(world.catalogue.customers.customer_id[world.lines.customer[line]]),
        "order_date": day_of,
        "requested_date": day_of,
        "promised_date": day_of,
        "ordered_quantity": whole_or_tenths(quantity),
        "shipped_quantity": whole_or_tenths(quantity),
        "last_ship_date": day_of,
        "net_unit_price": money(numbers.price[line]),
        "currency": _currencies(world, world.lines.customer[line]),
        "order_type": repeated("return", len(back)),
        "order_status": repeated("closed", len(back)),
    }
    frame = pl.DataFrame(columns)
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in schema.items() if name not in columns]
    return frame.with_columns(missing).select([pl.col(name).cast(kind) for name, kind in schema.items()])


def shipments(world: World) -> pl.DataFrame:
    """One row per delivered line, in pieces even where the order was in boxes; returns are negative."""
    numbers = order_numbers(world)
    gone = delivered(world)
    is_return = gone.quantity < 0
    return_number = np.where(is_return, is_return.cumsum(), 0)
    order = np.lexsort((gone.line, world.lines.customer[gone.line], gone.day))
    line, day, quantity, return_number = gone.line[order], gone.day[order], gone.quantity[order], return_number[order]
    customer, item = world.lines.customer[line], world.lines.item[line]
    changes = np.ones(len(line), dtype=bool)
    changes[1:] = (day[1:] != day[:-1]) | (customer[1:] != customer[:-1])
    shipment_id, shipment_line = numbered(changes, world.timeline.year_of_month[world.timeline.month_of_day[day]], "DN")
    order_id = texts(f"RT-{r:05d}" if r else name for r, name in zip(return_number, numbers.order_id[line], strict=True))
    return pl.DataFrame(
        {
            "shipment_id": texts(shipment_id),
            "shipment_line": shipment_line,
            "order_id": order_id,
            "order_line": np.where(return_number > 0, 10, numbers.order_line[line]),
            "item_id": texts(world.catalogue.items.item_id[item]),
            "site_id": _sites(world, item),
            "customer_id": texts(world.catalogue.customers.customer_id[customer]),
            "ship_date": dates(world.timeline.dates(day)),
            "shipped_quantity": quantity,
            "net_amount": money(quantity * numbers.price[line]),
            "currency": _currencies(world, customer),
        }
    )


def _sites(world: World, item: Ints) -> pl.Series:
    return texts(world.catalogue.item_site[item])


def _currencies(world: World, customer: Ints) -> pl.Series:
    return texts(np.where(is_in_dollars(world.catalogue, customer), "USD", "EUR"))


def customers(world: World) -> pl.DataFrame:
    people = world.catalogue.customers
    group = [CUSTOMER_GROUPS[number] for number in people.group]
    channel = {"Retail": "stores", "Wholesale": "trade", "Industry": "direct", "US distributors": "distributors", "Service": "web shop"}
    return pl.DataFrame(
        {
            "customer_id": texts(people.customer_id),
            "customer_name": texts(people.name),
            "customer_group": group,
            "channel": [channel[name] for name in group],
            "region": ["North America" if name == US_DISTRIBUTORS else "Europe" for name in group],
        }
    )


Submission = tuple[int, str, str | None, str | None, str | None, Floats, str | None]  # month, author, item, family, group, quantity, reason


def sales_forecasts(world: World) -> pl.DataFrame:
    """Monthly submissions by family, two families by customer group, booster sets also by item in the latest submission."""
    submissions = [*_family_submissions(world), *_item_submissions(world)]
    ahead = np.array([len(submission[5]) for submission in submissions])
    at = np.repeat([submission[0] for submission in submissions], ahead)
    within = np.arange(len(at)) - np.repeat(ahead.cumsum() - ahead, ahead)

    def spread(column: int) -> pl.Series:
        return texts(submission[column] for submission, count in zip(submissions, ahead, strict=True) for _ in range(count))

    return pl.DataFrame(
        {
            "submitted_on": dates(world.timeline.month_dates(at) - 6),
            "author": spread(1),
            "item_id": spread(2),
            "family_id": spread(3),
            "customer_group": spread(4),
            "period_start": dates(world.timeline.month_dates(at + within)),
            "quantity": whole_or_tenths(np.rint(np.concatenate([submission[5] for submission in submissions]))),
            "reason": spread(6),
        }
    )


def _family_submissions(world: World) -> Iterator[Submission]:
    rng = stream(world.seed, "sales_forecasts")
    by_family = world.catalogue.planning_sums(world.expected)
    for at in range(max(world.now - SUBMISSIONS, 0), world.now + 1):
        ahead = MONTHS_SUBMITTED_LAST if at == world.now else MONTHS_SUBMITTED
        for number, family in enumerate(world.catalogue.families):
            noise = np.exp(rng.normal(0, 0.03) + rng.normal(0, 0.015, ahead))
            if at > world.now + SILENT_SINCE.get(family.family_id, 1) - 1:
                continue
            planned = by_family[number, at : at + ahead] * noise * (1 + OVERSTATED_RATIO.get(family.family_id, 0.0))
            if family.archetype.stem not in BY_CUSTOMER_GROUP:
                yield at, "Sales office", None, family.family_id, None, planned, None
                continue
            for group, share in zip(CUSTOMER_GROUPS, family.archetype.group_mix, strict=True):
                if share > 0:
                    author = "K. Miller" if group == US_DISTRIBUTORS else "Key accounts"
                    yield at, author, None, family.family_id, group, planned * share, None


def _item_submissions(world: World) -> Iterator[Submission]:
    rng = stream(world.seed, "item_forecasts")
    booster = world.catalogue.family_of("BOOSTER")
    for item in () if booster is None else range(booster.first_item, booster.first_item + booster.item_count):
        quantity = world.expected[item, world.now : world.now + 12] * np.exp(rng.normal(0, 0.05, 12))
        yield world.now, "Project sales", world.catalogue.items.item_id[item], None, None, quantity, "mix of the projects in hand"
