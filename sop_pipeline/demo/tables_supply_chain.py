"""What the warehouses of the demo company send: stock and movements, and the inventory policies. Purchasing has its own module."""

import numpy as np
import polars as pl

from sop_pipeline.demo.flows import month_end_stock
from sop_pipeline.demo.frames import dates, repeated, rows, texts, whole_or_tenths
from sop_pipeline.demo.timeline import AS_OF, KIEL, ULM, Ints
from sop_pipeline.demo.world import World

BACKLOG_SHARE = 0.85  # of the lead time customers accept: the rest is for delivery
QUALITY_SHARE = 0.06  # of centrifugal pumps in stock, in the last year's snapshots


def site_of_component(world: World) -> np.ndarray:
    names = world.catalogue.components.item_id.astype(str)
    return np.where(np.char.startswith(names, "WIRE") | np.char.startswith(names, "ELEC"), ULM, KIEL)


def _issues_in_kiel(world: World) -> Ints:
    """What the assembly in Kiel takes of motors, by item and month of the history; the rest is taken in Ulm."""
    bill, catalogue = world.catalogue.bill, world.catalogue
    in_kiel = catalogue.item_flags(lambda kind: kind.site_id == KIEL)
    feeds = (bill.component < len(catalogue.items)) & in_kiel[np.minimum(bill.parent, len(catalogue.items) - 1)]
    made = (world.supply.supplied + world.supply.scrapped)[:, : world.now]
    taken = np.zeros((len(catalogue.items), world.now))
    np.add.at(taken, bill.component[feeds], made[bill.parent[feeds]] * (bill.quantity_per / (1 - bill.scrap_ratio))[feeds, None])
    return np.minimum(np.rint(taken).astype(np.int64), world.supply.issued)


def _stock_in_kiel(world: World, month_end: Ints) -> Ints:
    """Motors that lie in Kiel at the start and at each month end: what its assembly takes in the coming month."""
    taken = _issues_in_kiel(world)
    coming = np.concatenate([taken, taken[:, -1:]], axis=1)
    return np.minimum(coming, month_end)


def component_stock(world: World) -> np.ndarray:
    """Stock of components at the start of the history and at each month end."""
    bought = world.purchases
    change = (bought.received[:, : world.now] - bought.issued).cumsum(axis=1)
    return np.round(np.concatenate([bought.opening[:, None], bought.opening[:, None] + change], axis=1), 1)


def inventory(world: World) -> pl.DataFrame:
    """Month-end snapshots, and one of the day before the as-of date; what is zero is not in a snapshot."""
    catalogue, timeline = world.catalogue, world.timeline
    total = month_end_stock(world)
    kiel = _stock_in_kiel(world, total)
    site = catalogue.item_site
    is_motor = catalogue.item_flags(lambda kind: kind.stem == "MOTORS")
    centrifugal = catalogue.item_flags(lambda kind: kind.stem == "CENTRIFUGAL")
    quality = np.where(centrifugal[:, None], np.floor(total * QUALITY_SHARE), 0).astype(np.int64)
    quality[:, : -min(12, world.now)] = 0
    blocked = np.zeros_like(total)
    for item, day, quantity in zip(*vars(world.blocked).values(), strict=True):
        blocked[item, timeline.month_of_day[day] + 1 :] -= quantity
    layers = [
        (catalogue.items.item_id, np.where(is_motor, ULM, site), "unrestricted", total - quality - np.where(is_motor[:, None], kiel, 0)),
        (catalogue.items.item_id, np.full(len(site), KIEL), "unrestricted", np.where(is_motor[:, None], kiel, 0)),
        (catalogue.items.item_id, site, "quality", quality),
        (catalogue.items.item_id, site, "blocked", blocked),
        (catalogue.components.item_id, site_of_component(world), "unrestricted", component_stock(world)),
    ]
    ends = np.append(timeline.days[0] - 1, timeline.dates(timeline.last_day_of_month[: world.now]))
    parts = [_layer(ends, *layer) for layer in layers]
    latest = [_layer(np.array([AS_OF - 1]), ids, sites, status, quantity[:, -1:]) for ids, sites, status, quantity in layers]
    german = {"unrestricted": "frei verwendbar", "quality": "Qualitätsprüfung", "blocked": "gesperrt"}
    table = pl.concat([*parts, *latest]).with_columns(pl.col("stock_status").replace_strict(german))
    return table.sort("snapshot_date", "site_id", "item_id", "stock_status", maintain_order=True)


def _layer(day: np.ndarray, item_id: np.ndarray, site: np.ndarray, status: str, quantity: np.ndarray) -> pl.DataFrame:
    number, snapshot = np.nonzero(quantity)
    return pl.DataFrame(
        {
            "snapshot_date": dates(day[snapshot]),
            "site_id": texts(site[number]),
            "item_id": texts(item_id[number]),
            "stock_status": repeated(status, len(number)),
            "quantity": whole_or_tenths(quantity[number, snapshot]),
        }
    )


def inventory_movements(world: World) -> pl.DataFrame:
    """Issues on the last working day of a month, transfers of motors to Kiel, counting differences, blocked goods."""
    catalogue, timeline = world.catalogue, world.timeline
    names = catalogue.items.item_id
    site = catalogue.item_site
    in_kiel = _issues_in_kiel(world)
    in_ulm = world.supply.issued - in_kiel
    lying = _stock_in_kiel(world, month_end_stock(world))
    moved = lying[:, 1:] - lying[:, :-1] + in_kiel
    used = world.purchases.issued
    everywhere = np.full(len(names), KIEL)

    def monthly(kind: str, ids: np.ndarray, sites: np.ndarray, quantity: np.ndarray) -> pl.DataFrame:
        number, month = np.nonzero(quantity)
        return _movements(kind, ids[number], sites[number], timeline.dates(timeline.last_working_day(month)), quantity[number, month])

    def single(kind: str, events: tuple[Ints, Ints, Ints]) -> pl.DataFrame:
        item, day, quantity = events
        return _movements(kind, names[item], site[item], timeline.dates(day), quantity)

    table = pl.concat(
        [
            monthly("issue", names, everywhere, -in_kiel),
            monthly("issue", names, np.full(len(names), ULM), -in_ulm),
            monthly("transfer", names, everywhere, moved),
            monthly("transfer", names, np.full(len(names), ULM), -moved),
            monthly("issue", catalogue.components.item_id, site_of_component(world), -used),
            single("adjustment", (world.adjustments.item, world.adjustments.day, world.adjustments.quantity)),
            single("other", (world.blocked.item, world.blocked.day, world.blocked.quantity)),
        ]
    ).sort("movement_date", "movement_type", "item_id", "site_id", maintain_order=True)
    return table.with_row_index("number", offset=1).select(
        pl.format("M{}", pl.col("number").cast(pl.String).str.zfill(6)).alias("movement_id"), pl.all().exclude("number")
    )


def _movements(kind: str, ids: np.ndarray, sites: np.ndarray, day: np.ndarray, quantity: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": texts(ids),
            "site_id": texts(sites),
            "movement_date": dates(day),
            "movement_type": repeated(kind, len(ids)),
            "quantity": whole_or_tenths(quantity),
        }
    )


def inventory_policies(world: World) -> pl.DataFrame:
    """Days of supply for what is made to stock, days of backlog for the rest; two objectives move over time."""

    def month(offset: int) -> np.datetime64:
        return world.timeline.month_dates(np.array([max(world.now + offset, 0)]))[0]

    lines: list[tuple[object, ...]] = []
    for family in world.catalogue.families:
        kind = family.archetype
        days = kind.target_days
        if not kind.is_made_to_stock:
            is_slow = family.family_id == "PROCESS"
            backlog = kind.customer_lead_time_days if is_slow else round(kind.customer_lead_time_days * BACKLOG_SHARE)
            series = ((-10_000, backlog), *(((2, 38), (5, 35), (8, 32)) if is_slow else ()))
            lines += [(None, family.family_id, month(offset), None, None, None, None, None, target) for offset, target in series]
        elif family.archetype.stem == "DOSING":
            lines.append((None, family.family_id, month(-10_000), days, None, None, days * 2, 0.97, None))
        else:
            lines.append((None, family.family_id, month(-10_000), days, None, days // 3, round(days * 1.6), None, None))
            if family.family_id == "VALVES":
                lines.append((None, family.family_id, month(2), 25, None, 10, 40, None, None))
    header = (
        "item_id family_id valid_from target_days_of_supply target_quantity minimum_days_of_supply maximum_days_of_supply "
        "service_level target_backlog_days"
    )
    return rows(header, *lines)
