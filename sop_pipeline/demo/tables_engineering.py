"""What engineering of the demo company sends: families, items, units, bills of material and resources, routings, changes."""

import numpy as np
import polars as pl

from sop_pipeline.demo.archetypes import ASSEMBLE_TO_ORDER, SUBCONTRACTOR
from sop_pipeline.demo.demand import UNITS_PER_BOX
from sop_pipeline.demo.flows import SUBCONTRACTED_ITEMS
from sop_pipeline.demo.frames import dates, ratio, rows, texts, where
from sop_pipeline.demo.masters import NEVER
from sop_pipeline.demo.timeline import Ints
from sop_pipeline.demo.world import World, calibrated_hours

ROUGH_CUT_RATIO = 1.06  # what the older bill of resources of a family says beyond its routings


def product_families(world: World) -> pl.DataFrame:
    header = (
        "family_id family_name product_group planning_unit production_strategy site_id customer_lead_time_days "
        "demand_time_fence_periods planning_time_fence_periods planner"
    )
    return rows(
        header,
        *(
            (
                family.family_id,
                family.name,
                family.archetype.product_group,
                family.archetype.planning_unit,
                family.archetype.production_strategy,
                family.archetype.site_id,
                family.archetype.customer_lead_time_days,
                0,
                0,
                family.archetype.planner,
            )
            for family in world.catalogue.families
        ),
    )


def items(world: World) -> pl.DataFrame:
    """Items of families first, then purchased components, which belong to none."""
    own, bought, timeline = world.catalogue.items, world.catalogue.components, world.timeline
    kinds = [family.archetype for family in world.catalogue.families]
    family = own.family
    now = world.now
    is_bought = world.catalogue.is_bought
    is_phasing_out = own.phase_out_month < NEVER
    lifecycle = np.where(
        own.phase_out_month <= now,
        "obsolete",
        np.where(
            is_phasing_out,
            "phase_out",
            np.where(own.launch_month > now, "design", np.where(own.launch_month > now - 6, "launch", "active")),
        ),
    )
    last_month = np.minimum(own.phase_out_month, len(timeline.months) - 1)
    size = own.price**0.33 / 100
    finished = pl.DataFrame(
        {
            "item_id": texts(own.item_id),
            "item_name": texts(own.name),
            "item_type": texts("semi_finished" if kinds[number].stem == "MOTORS" else "finished" for number in family),
            "family_id": texts(world.catalogue.families[number].family_id for number in family),
            "unit_of_measure": texts(kinds[number].planning_unit for number in family),
            "planning_units_per_unit": own.planning_units.astype(np.int64),
            "sourcing": texts(np.where(is_bought, "buy", "make")),
            "lifecycle": texts(lifecycle),
            "introduction_date": where(own.launch_month >= 0, dates(timeline.month_dates(np.maximum(own.launch_month, 0)))),
            "phase_out_date": where(is_phasing_out, dates(timeline.month_dates(last_month) - 1)),
            "successor_item_id": where(own.successor >= 0, texts(own.item_id[own.successor])),
            "lead_time_days": np.where(is_bought, 42, 14),
            "lot_minimum": own.lot,
            "lot_multiple": own.lot,
            "storage_volume_m3": ratio(size),
            "storage_pallets": ratio(size / 1.6),
        }
    )
    empty = pl.lit(None)
    parts = pl.DataFrame(
        {
            "item_id": texts(bought.item_id),
            "item_name": texts(bought.name),
            "item_type": texts(bought.item_type),
            "unit_of_measure": texts(bought.unit),
            "lead_time_days": bought.lead_time_days,
        }
    ).with_columns(planning_units_per_unit=pl.lit(1, dtype=pl.Int64), sourcing=pl.lit("buy"), lifecycle=pl.lit("active"))
    parts = parts.with_columns([empty.cast(kind).alias(name) for name, kind in finished.schema.items() if name not in parts.columns])
    return pl.concat([finished, parts.select(finished.columns).cast(finished.schema)])


def unit_conversions(_world: World) -> pl.DataFrame:
    return rows("item_id from_unit to_unit factor", (None, "BOX", "pcs", UNITS_PER_BOX), (None, "pcs", "BOX", 1 / UNITS_PER_BOX))


def not_ready(world: World) -> Ints:
    """Items that will be launched and have neither bill, routing, cost nor price yet."""
    return np.flatnonzero(world.catalogue.items.launch_month > world.now)


def bill_of_materials(world: World) -> pl.DataFrame:
    bill = world.catalogue.bill
    ids = np.concatenate([world.catalogue.items.item_id, world.catalogue.components.item_id])
    table = pl.DataFrame(
        {
            "parent_item_id": texts(ids[bill.parent]),
            "component_item_id": texts(ids[bill.component]),
            "quantity_per": ratio(bill.quantity_per),
            "scrap_ratio": ratio(bill.scrap_ratio),
            "lead_time_offset_days": np.where(bill.component < len(world.catalogue.items), 5, 0),
        }
    )
    return table.filter(pl.Series(~np.isin(bill.parent, not_ready(world))))


def planning_bills(world: World) -> pl.DataFrame:
    """Mix of the last twelve months of each assemble-to-order family, with the frame all sets share and the panel half of them have."""
    lines = []
    ordered = np.bincount(
        world.lines.item, world.lines.quantity * (world.lines.order_day >= world.timeline.as_of_day - 365), len(world.catalogue.items)
    )
    parts = world.catalogue.components.item_id
    for family in world.catalogue.families:
        if family.archetype.production_strategy != ASSEMBLE_TO_ORDER:
            continue
        mix = np.round(ordered[family.items] / max(ordered[family.items].sum(), 1), 4)
        mix[np.argmax(mix)] += round(1 - mix.sum(), 4)  # the largest takes the rounding, so that variants sum to 1
        names = world.catalogue.items.item_id[family.items]
        lines += [(family.family_id, name, None, round(float(share), 4), "variant") for name, share in zip(names, mix, strict=True)]
        frame, panel = (next(part for part in parts if part.startswith(kind)) for kind in ("FRAM", "PANL"))
        lines += [(family.family_id, frame, None, 1.0, "common"), (family.family_id, panel, None, 0.5, "option")]
    return rows("family_id item_id valid_from mix_ratio kind", *lines)


def routings(world: World) -> pl.DataFrame:
    """Operations of made items; garden pumps have a second routing at a subcontractor; fire-fighting sets have none."""
    hours = calibrated_hours(world)
    own = world.catalogue.items
    lines: list[tuple[object, ...]] = []
    skipped = set(not_ready(world).tolist())
    for family in world.catalogue.families:
        kind = family.archetype
        if kind.stem == "FIRE":
            continue
        labour = sum(operation.labour_hours for operation in kind.operations)
        for item in range(family.first_item, family.first_item + family.item_count):
            if item in skipped:
                continue
            for number, operation in enumerate(kind.operations):
                crew = operation.labour_resource_id
                share = operation.labour_hours / labour
                setup = 0.5 if kind.is_made_to_stock and number == 0 else 0
                run = round(float(hours[operation.resource_id][item]), 4)
                by_hand = round(float(hours[crew][item] * share), 4)
                good = 0.99 if number == 0 else None
                main_share = 1.0 if kind.stem == "GARDEN" else None
                lines.append(
                    (own.item_id[item], "main", 10 * number + 10, operation.resource_id, setup, run, crew, by_hand, good, main_share)
                )
            if kind.stem == "GARDEN" and item - family.first_item < SUBCONTRACTED_ITEMS:
                lines.append((own.item_id[item], SUBCONTRACTOR, 10, SUBCONTRACTOR, 0, 1, None, None, None, 0.0))
    header = (
        "item_id routing_id operation resource_id setup_hours run_hours_per_unit labour_resource_id labour_hours_per_unit "
        "yield_ratio share_ratio"
    )
    return rows(header, *lines)


def bill_of_resources(world: World) -> pl.DataFrame:
    """Fire-fighting sets have nothing else; centrifugal pumps have an older one beside their routings, which says more."""
    hours = calibrated_hours(world)
    lines = []
    for family in world.catalogue.families:
        kind = family.archetype
        if kind.stem not in ("FIRE", "CENTRIFUGAL"):
            continue
        factor = 1.0 if kind.stem == "FIRE" else ROUGH_CUT_RATIO
        resources = dict.fromkeys([o.resource_id for o in kind.operations] + [o.labour_resource_id for o in kind.operations])
        if kind.stem == "CENTRIFUGAL":
            resources = dict.fromkeys(["TEST-K"])
        lines += [(family.family_id, None, name, None, round(float(hours[name][family.first_item]) * factor, 4), 0) for name in resources]
    return rows("family_id item_id resource_id valid_from usage_per_unit lead_time_offset_periods", *lines)


def engineering_changes(world: World) -> pl.DataFrame:
    own, lines = world.catalogue.items, []
    for number, item in enumerate(np.flatnonzero(own.successor >= 0)):
        is_done = own.phase_out_month[item] <= world.now
        effective = world.timeline.month_dates(own.phase_out_month[[item]])[0]
        lines.append(
            (
                f"EC-{number + 1:03d}",
                own.item_id[item],
                own.item_id[own.successor[item]],
                effective,
                "use_up",
                "done" if is_done else "released",
            )
        )
    for item in not_ready(world):
        effective = world.timeline.month_dates(own.launch_month[[item]])[0]
        lines.append((f"EC-{len(lines) + 1:03d}", None, own.item_id[item], effective, "use_up", "draft"))
    return rows("change_id old_item_id new_item_id effective_date disposition change_status", *lines)
