"""What the supply chain of the demo company sends: stock, movements, policies, suppliers, purchase orders and receipts."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import SUBCONTRACTOR
from sop_pipeline.demo.frames import dates, money, ratio, rows, whole_or_tenths
from sop_pipeline.demo.supply import Lots
from sop_pipeline.demo.tables_production import is_subcontracted
from sop_pipeline.demo.timeline import AS_OF, KIEL, ULM, Ints, stream
from sop_pipeline.demo.world import World, lots_done

QUALITY_SHARE = 0.06  # of centrifugal pumps in stock, in the last year's snapshots
SUPPLIERS = (
    ("S-CAST", "Gießerei Holm", "DE", 30),
    ("S-SEAL", "Dichtungswerk Ost", "DE", 30),
    ("S-SEAL2", "Guarnizioni Bianchi", "IT", 45),
    ("S-WIRE", "Kupferdraht AG", "DE", 14),
    ("S-ELEC", "Baltic Electronics", "EE", 45),
    ("S-PACK", "Kartonagen Nord", "DE", 30),
    ("S-FRAM", "Stahlbau Jensen", "DK", 30),
    ("S-PANL", "Steuerungstechnik Ulm", "DE", 30),
    ("S-VALVE", "Brescia Rubinetterie", "IT", 60),
    (SUBCONTRACTOR, "Kowalski Montage", "PL", 30),
)
SECOND_SOURCE_MONTH = -15  # after the stock-out the seals got a second supplier


def _site_of_component(world: World) -> np.ndarray:
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


def month_end_stock(world: World) -> Ints:
    """Stock of items at the start of the history and at each month end."""
    return np.concatenate([world.opening[:, None], world.stock[:, world.timeline.last_day_of_month[: world.now]]], axis=1)


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
    site = np.array([family.archetype.site_id for family in catalogue.families])[catalogue.items.family]
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
        (catalogue.components.item_id, _site_of_component(world), "unrestricted", component_stock(world)),
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
            "site_id": site[number].tolist(),
            "item_id": item_id[number].tolist(),
            "stock_status": [status] * len(number),
            "quantity": whole_or_tenths(quantity[number, snapshot]),
        }
    )


def inventory_movements(world: World) -> pl.DataFrame:
    """Issues on the last working day of a month, transfers of motors to Kiel, counting differences, blocked goods."""
    catalogue, timeline = world.catalogue, world.timeline
    names = catalogue.items.item_id
    site = np.array([family.archetype.site_id for family in catalogue.families])[catalogue.items.family]
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
            monthly("issue", catalogue.components.item_id, _site_of_component(world), -used),
            single("adjustment", (world.adjustments.item, world.adjustments.day, world.adjustments.quantity)),
            single("status_change", (world.blocked.item, world.blocked.day, world.blocked.quantity)),
        ]
    ).sort("movement_date", "movement_type", "item_id", "site_id", maintain_order=True)
    return table.with_row_index("number", offset=1).select(
        pl.format("M{}", pl.col("number").cast(pl.String).str.zfill(6)).alias("movement_id"), pl.all().exclude("number")
    )


def _movements(kind: str, ids: np.ndarray, sites: np.ndarray, day: np.ndarray, quantity: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "item_id": ids.tolist(),
            "site_id": sites.tolist(),
            "movement_date": dates(day),
            "movement_type": [kind] * len(ids),
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
            backlog = round(kind.customer_lead_time_days * 0.75)
            lines.append((None, family.family_id, month(-10_000), None, None, None, None, None, backlog))
            if family.family_id == "PROCESS":
                lines += [
                    (None, family.family_id, month(offset), None, None, None, None, None, target)
                    for offset, target in ((2, 45), (5, 38), (8, 32))
                ]
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


def suppliers(_world: World) -> pl.DataFrame:
    return rows("supplier_id supplier_name country payment_terms_days", *SUPPLIERS)


def supplier_items(world: World) -> pl.DataFrame:
    """Components by kind; seals have two sources since the stock-out; valves and the garden pumps made outside."""
    parts, lines = world.catalogue.components, []
    second = world.timeline.month_dates(np.array([max(world.now + SECOND_SOURCE_MONTH, 0)]))[0]
    for number, name in enumerate(parts.item_id):
        kind = name[:4]
        price = f"{parts.cost[number]:.4f}"
        common = (int(parts.lead_time_days[number]), None, None, price, "EUR")
        if kind == "SEAL":
            lines += [(name, "S-SEAL", None, *common, 1.0), (name, "S-SEAL", second, *common, 0.6), (name, "S-SEAL2", second, *common, 0.4)]
        else:
            lines.append((name, f"S-{kind}", None, *common, 1.0))
    valves = world.catalogue.family_of("VALVES")
    if valves is not None:
        own = world.catalogue.items
        for item in range(valves.first_item, valves.first_item + valves.item_count):
            lines.append(
                (own.item_id[item], "S-VALVE", None, 42, int(own.lot[item]), int(own.lot[item]), f"{own.cost[item]:.2f}", "EUR", 1.0)
            )
    header = "item_id supplier_id valid_from lead_time_days minimum_order_quantity order_multiple price currency share_ratio"
    return rows(header, *lines)


def supplier_capacity(world: World) -> pl.DataFrame:
    valves = world.catalogue.family_of("VALVES")
    if valves is None:
        return rows("supplier_id item_id period_start maximum_quantity")
    usual = world.expected[valves.items, world.now : world.now + 12].sum() / 12
    most = int(np.ceil(usual * 1.25 / 100) * 100)
    months = world.timeline.month_dates(np.arange(world.now, world.now + 24))
    return rows("supplier_id item_id period_start maximum_quantity", *(("S-VALVE", None, month, most) for month in months))


def _purchase_lots(world: World, *, done: bool) -> Lots:
    """Lots of bought items and of what a subcontractor made."""
    lots = lots_done(world, done=done)
    is_bought = world.catalogue.item_flags(lambda kind: kind.is_bought)[lots.item]
    kept = is_bought | is_subcontracted(world, lots.item, lots.day)
    return Lots(*(values[kept] for values in vars(lots).values()))


def _purchases(world: World, *, done: bool) -> pl.DataFrame:
    """Purchase order lines of components, bought items and subcontracted ones, by due or receipt day."""
    rng = stream(world.seed, "purchases", done)
    catalogue, timeline, parts = world.catalogue, world.timeline, world.catalogue.components
    months = slice(0, world.now) if done else slice(world.now, world.now + 1)
    number, month = np.nonzero(world.purchases.received[:, months])
    month = month + (0 if done else world.now)
    day = timeline.draw_working_days(rng, month, (0.05, 0.4))
    kind = np.array([name[:4] for name in parts.item_id])[number]
    supplier = np.array([f"S-{name}" for name in kind], dtype="<U10")
    second = (kind == "SEAL") & (month >= world.now + SECOND_SOURCE_MONTH) & (rng.uniform(0, 1, len(kind)) < 0.4)
    supplier[second] = "S-SEAL2"
    components = pl.DataFrame(
        {
            "item_id": parts.item_id[number].tolist(),
            "site_id": _site_of_component(world)[number].tolist(),
            "supplier_id": supplier.tolist(),
            "day": timeline.dates(day),
            "quantity": whole_or_tenths(world.purchases.received[number, month]),
            "unit_price": ratio(parts.cost[number]).cast(pl.Decimal(18, 4)),
            "lead_time_days": parts.lead_time_days[number],
        }
    )
    lots = _purchase_lots(world, done=done)
    is_outside = is_subcontracted(world, lots.item, lots.day)
    goods = pl.DataFrame(
        {
            "item_id": catalogue.items.item_id[lots.item].tolist(),
            "site_id": [KIEL] * len(lots),
            "supplier_id": np.where(is_outside, SUBCONTRACTOR, "S-VALVE").tolist(),
            "day": timeline.dates(lots.day),
            "quantity": whole_or_tenths(lots.good),
            "unit_price": money(np.where(is_outside, catalogue.items.cost[lots.item] * 0.35, catalogue.items.cost[lots.item])).cast(
                pl.Decimal(18, 4)
            ),
            "lead_time_days": np.where(is_outside, 10, 42),
        }
    )
    table = pl.concat([components, goods]).sort("day", "supplier_id", "item_id", "quantity", maintain_order=True)
    document = (pl.col("day").ne_missing(pl.col("day").shift()) | pl.col("supplier_id").ne_missing(pl.col("supplier_id").shift())).cum_sum()
    return table.with_columns(
        pl.col("day").cast(pl.Date), currency=pl.lit("EUR"), document=document, line=pl.int_range(1, pl.len() + 1).over(document)
    )


def open_purchase_orders(world: World) -> pl.DataFrame:
    table = _purchases(world, done=False)
    placed = pl.min_horizontal(pl.col("day") - pl.duration(days=pl.col("lead_time_days")), pl.lit(AS_OF - 1).cast(pl.Date)).cast(pl.Date)
    return table.select(
        pl.format("PO9{}", pl.col("document").cast(pl.String).str.zfill(5)).alias("purchase_order_id"),
        pl.col("line").alias("purchase_order_line"),
        "supplier_id",
        "item_id",
        "site_id",
        placed.alias("order_date"),
        pl.col("day").alias("due_date"),
        pl.when(pl.col("document") % 4 > 0).then(pl.col("day")).alias("confirmed_date"),
        pl.col("quantity").alias("open_quantity"),
        "unit_price",
        "currency",
    )


def purchase_receipts(world: World) -> pl.DataFrame:
    return _purchases(world, done=True).select(
        pl.format("R{}", pl.col("document").cast(pl.String).str.zfill(5)).alias("receipt_id"),
        pl.col("line").alias("receipt_line"),
        pl.format("PO{}", pl.col("document").cast(pl.String).str.zfill(6)).alias("purchase_order_id"),
        "item_id",
        "site_id",
        "supplier_id",
        pl.col("day").alias("received_date"),
        "quantity",
        "unit_price",
        "currency",
    )
