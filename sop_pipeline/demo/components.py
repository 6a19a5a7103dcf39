"""What the demo company buys to make its items, and the bills of material. What is sold is the catalogue's."""

import numpy as np

from sop_pipeline.demo.archetypes import ARCHETYPES
from sop_pipeline.demo.masters import Bill, Components, Family, Items, Texts
from sop_pipeline.demo.timeline import Floats, Ints, stream

_COMPONENT_KINDS = (  # prefix, name, type, unit, cost from, cost to, price per, lead time
    ("CAST", "Casting", "raw", "pcs", 6.0, 24.0, 1, 45),
    ("SEAL", "Shaft seal", "raw", "pcs", 1.2, 6.0, 1, 30),
    ("WIRE", "Copper wire", "raw", "kg", 8.5, 11.0, 1, 21),
    ("ELEC", "Drive electronics", "raw", "pcs", 4.0, 18.0, 1, 70),
    ("PACK", "Carton", "packaging", "pcs", 0.4, 1.8, 100, 10),
    ("FRAM", "Base frame", "raw", "pcs", 180.0, 420.0, 1, 28),
    ("PANL", "Control panel", "raw", "pcs", 240.0, 620.0, 1, 56),
)
_KIND_SHARE = (0.30, 0.22, 0.08, 0.12, 0.12, 0.08, 0.08)


def build_components(count: int, seed: int) -> Components:
    rng = stream(seed, "components")
    kind = np.minimum((np.searchsorted(np.cumsum(_KIND_SHARE), (np.arange(count) + 0.5) / count)), len(_COMPONENT_KINDS) - 1)
    kind[: len(_COMPONENT_KINDS)] = np.arange(len(_COMPONENT_KINDS))  # at least one of each
    kind = np.sort(kind)
    within = np.arange(count) - np.searchsorted(kind, kind)
    low = np.array([row[4] for row in _COMPONENT_KINDS])[kind]
    high = np.array([row[5] for row in _COMPONENT_KINDS])[kind]

    def of_kind(column: int) -> Texts:
        return np.array([row[column] for row in _COMPONENT_KINDS])[kind]

    return Components(
        item_id=np.array([f"{_COMPONENT_KINDS[k][0]}-{w + 1:03d}" for k, w in zip(kind, within, strict=True)]),
        name=np.array([f"{_COMPONENT_KINDS[k][1]} {w + 1}" for k, w in zip(kind, within, strict=True)]),
        item_type=of_kind(2),
        unit=of_kind(3),
        cost=np.round(rng.uniform(low, high), 4),
        per_quantity=of_kind(6),
        lead_time_days=of_kind(7),
    )


def build_bill(families: tuple[Family, ...], items: Items, components: Components, seed: int) -> Bill:
    """Casting, seal and carton for every pump, wire and electronics for every motor, frame and panel for sets; pumps take motors."""
    rng = stream(seed, "bill")
    offset = len(items)
    by_kind = {row[0]: offset + np.flatnonzero(np.char.startswith(components.item_id.astype(str), row[0])) for row in _COMPONENT_KINDS}
    motors = {number // len(ARCHETYPES): family for number, family in enumerate(families) if family.archetype.stem == "MOTORS"}
    rows: list[tuple[Ints, Ints, Floats, float]] = []

    def add(parents: Ints, choice: Ints, quantity: Floats, scrap_ratio: float) -> None:
        rows.append((parents, rng.choice(choice, len(parents)), quantity, scrap_ratio))

    for number, family in enumerate(families):
        kind = family.archetype
        parents = np.arange(family.first_item, family.first_item + family.item_count)
        ones = np.ones(len(parents))
        if kind.is_bought:
            continue
        if kind.stem == "KITS":
            add(parents, by_kind["SEAL"], 2 * ones, 0.0)
            add(parents, by_kind["PACK"], ones, 0.0)
            continue
        if kind.stem == "MOTORS":
            add(parents, by_kind["WIRE"], np.round(rng.uniform(0.5, 2.4, len(parents)), 2), 0.03)
            add(parents, by_kind["ELEC"], ones, 0.0)
            continue
        add(parents, by_kind["CAST"], ones * max(1, kind.motors_per_unit), 0.02)
        add(parents, by_kind["SEAL"], ones * max(1, kind.motors_per_unit), 0.01)
        add(parents, by_kind["PACK"], ones, 0.0)
        if kind.planning_unit == "set":
            add(parents, by_kind["FRAM"], ones, 0.0)
            add(parents[::2], by_kind["PANL"], ones[::2], 0.0)
        feeder = motors.get(number // len(ARCHETYPES))
        if feeder is not None and kind.motors_per_unit:
            pool = np.arange(feeder.first_item, feeder.first_item + feeder.item_count)
            add(parents, pool, kind.motors_per_unit * items.planning_units[parents], 0.01)
    if not rows:
        empty = np.zeros(0, dtype=np.int64)
        return Bill(empty, empty, empty.astype(float), empty.astype(float))
    return Bill(
        parent=np.concatenate([row[0] for row in rows]),
        component=np.concatenate([row[1] for row in rows]),
        quantity_per=np.concatenate([row[2] for row in rows]),
        scrap_ratio=np.concatenate([np.full(len(row[0]), row[3]) for row in rows]),
    )
