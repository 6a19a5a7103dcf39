"""What purchasing of the demo company sends: suppliers, what they deliver and can, purchase orders and receipts."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import SUBCONTRACTOR
from sop_pipeline.demo.flows import is_subcontracted
from sop_pipeline.demo.frames import money, ratio, repeated, rows, texts, whole_or_tenths
from sop_pipeline.demo.supply import Lots
from sop_pipeline.demo.tables_supply_chain import site_of_component
from sop_pipeline.demo.timeline import AS_OF, KIEL, stream
from sop_pipeline.demo.world import World, lots_done

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


def suppliers(_world: World) -> pl.DataFrame:
    return rows("supplier_id supplier_name country payment_terms_days", *SUPPLIERS)


def supplier_items(world: World) -> pl.DataFrame:
    """Components by kind; seals have two sources since the stock-out; valves and the garden pumps made outside."""
    parts = world.catalogue.components
    lines: list[tuple[object, ...]] = []
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
    is_bought = world.catalogue.is_bought[lots.item]
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
            "item_id": texts(parts.item_id[number]),
            "site_id": texts(site_of_component(world)[number]),
            "supplier_id": texts(supplier),
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
            "item_id": texts(catalogue.items.item_id[lots.item]),
            "site_id": repeated(KIEL, len(lots)),
            "supplier_id": texts(np.where(is_outside, SUBCONTRACTOR, "S-VALVE")),
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
