"""What the demo company makes and of what: families, items with their life, purchased components, bills of material, customers.

What is sold and made of them stays out.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sop_pipeline.demo.archetypes import ARCHETYPES, CUSTOMER_GROUPS, GROUP_SHARE_OF_CUSTOMERS, Archetype
from sop_pipeline.demo.timeline import Floats, Ints, Timeline, stream

Texts = npt.NDArray[Any]

NEVER = 10_000  # a month number no timeline reaches
FEWEST_ITEMS_WITH_A_STORY = 8  # smaller families have no launches and phase-outs
LAUNCH_SCALE = {"GARDEN": 0.7, "CENTRIFUGAL": 0.9, "DOSING": 1.1}  # of the item it is expected to follow
DUPLEX_EVERY = 8  # every so many dosing pumps is a duplex set of two


@dataclass(frozen=True)
class Family:
    """A family and the slice of items that belong to it."""

    family_id: str
    name: str
    archetype: Archetype
    first_item: int
    item_count: int

    @property
    def items(self) -> slice:
        return slice(self.first_item, self.first_item + self.item_count)


@dataclass(frozen=True)
class Items:
    """What is sold, ordered by family. Months are numbers of the timeline; prices and costs are those of the as-of year."""

    item_id: Texts
    name: Texts
    family: Ints
    price: Floats
    cost: Floats
    monthly_quantity: Floats
    lines_per_month: Floats
    lot: Ints
    planning_units: Floats
    launch_month: Ints
    phase_out_month: Ints
    successor: Ints
    like_item: Ints

    def __len__(self) -> int:
        return len(self.item_id)


@dataclass(frozen=True)
class Components:
    """What is bought to make it. Costs are for one unit; `per_quantity` is how many units a price is quoted for."""

    item_id: Texts
    name: Texts
    item_type: Texts
    unit: Texts
    cost: Floats
    per_quantity: Ints
    lead_time_days: Ints

    def __len__(self) -> int:
        return len(self.item_id)


@dataclass(frozen=True)
class Bill:
    """Bill of material. Parents are items; a component number below the number of items is an item, above it a component."""

    parent: Ints
    component: Ints
    quantity_per: Floats
    scrap_ratio: Floats


@dataclass(frozen=True)
class Customers:
    customer_id: Texts
    name: Texts
    group: Ints
    weight: Floats


@dataclass(frozen=True)
class Catalogue:
    families: tuple[Family, ...]
    items: Items
    components: Components
    bill: Bill
    customers: Customers

    def family_of(self, stem: str) -> Family | None:
        """The first family of a kind."""
        return next((family for family in self.families if family.archetype.stem == stem), None)

    def item_flags(self, condition: Any) -> npt.NDArray[np.bool_]:
        """True for items whose archetype fulfils the condition."""
        return np.array([condition(family.archetype) for family in self.families])[self.items.family]

    def family_sums(self, by_item: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.add.reduceat(by_item, [family.first_item for family in self.families], axis=0)

    def planning_sums(self, by_item: npt.NDArray[Any]) -> Floats:
        """Family totals in planning units of quantities by item (first axis)."""
        units = self.items.planning_units.reshape(-1, *([1] * (by_item.ndim - 1)))
        return self.family_sums(by_item * units)


def build_catalogue(timeline: Timeline, families: int, items: int, seed: int) -> Catalogue:
    made = _families(families, items)
    built = _with_lives(_items(made, seed), made, timeline.history_months)
    components = _components(max(8, items // 5), seed)
    return Catalogue(made, built, components, _bill(made, built, components, seed), _customers(min(2000, max(20, items // 5)), seed))


def _families(count: int, items: int) -> tuple[Family, ...]:
    made = []
    for number in range(count):
        archetype, again = ARCHETYPES[number % len(ARCHETYPES)], number // len(ARCHETYPES)
        first = items * number // count
        suffix, name = (f"-{again + 1}", f"{archetype.name} series {again + 1}") if again else ("", archetype.name)
        made.append(Family(archetype.stem + suffix, name, archetype, first, items * (number + 1) // count - first))
    return tuple(made)


def _items(families: tuple[Family, ...], seed: int) -> Items:
    count = sum(family.item_count for family in families)
    rng = stream(seed, "items")
    columns: dict[str, list[Any]] = {name: [] for name in ("id", "name", "price", "cost", "monthly", "lines", "lot", "units")}
    number = np.zeros(len(families), dtype=np.int64)
    for position, family in enumerate(families):
        kind, n = family.archetype, family.item_count
        again = position // len(ARCHETYPES)
        number = np.arange(1, n + 1)
        prefix = f"{kind.item_prefix}{again:02d}" if kind.item_prefix.isdigit() else f"{kind.item_prefix}{again + 1 if again else ''}-1"
        columns["id"].append([f"{prefix}{k:03d}" for k in number])
        size = np.sort(rng.uniform(0, 1, n))
        price = kind.price_from * (kind.price_to / kind.price_from) ** size
        columns["price"].append(np.round(price, -1 if kind.price_to > 1000 else 1))
        columns["cost"].append(np.round(price * kind.cost_ratio * rng.uniform(0.94, 1.06, n), 2))
        rank = rng.permutation(n)
        units = np.where((kind.stem == "DOSING") & (number % DUPLEX_EVERY == 0), 2.0, 1.0)
        share = (rank + 1.5) ** -0.75
        monthly = kind.monthly_quantity * n / 25 * share / share.sum() / units
        columns["monthly"].append(monthly)
        rate = np.where(rank < n * 0.2, 2.2, np.where(rank < n * 0.5, 1.1, 0.6))
        columns["lines"].append(np.minimum(rate, monthly))
        step = np.array([1, 2, 5, 10, 20, 50, 100])
        lots = step[np.clip(np.searchsorted(step, monthly / 3, side="right") - 1, 0, len(step) - 1)]
        columns["lot"].append(lots if kind.is_made_to_stock else np.ones(n, dtype=np.int64))
        columns["units"].append(units)
        columns["name"].append(
            [f"{family.name.removesuffix('s')} {prefix}{k:03d}{' duplex' if u > 1 else ''}" for k, u in zip(number, units, strict=True)]
        )
    none = np.full(count, -1, dtype=np.int64)
    return Items(
        item_id=np.concatenate(columns["id"]),
        name=np.concatenate(columns["name"]),
        family=np.repeat(np.arange(len(families)), [family.item_count for family in families]),
        price=np.concatenate(columns["price"]),
        cost=np.concatenate(columns["cost"]),
        monthly_quantity=np.concatenate(columns["monthly"]),
        lines_per_month=np.concatenate(columns["lines"]),
        lot=np.concatenate(columns["lot"]),
        planning_units=np.concatenate(columns["units"]),
        launch_month=none,
        phase_out_month=np.full(count, NEVER, dtype=np.int64),
        successor=none.copy(),
        like_item=none.copy(),
    )


def _with_lives(items: Items, families: tuple[Family, ...], now: int) -> Items:
    """Three launches and three phase-outs, as offsets from the as-of month; the last item of a family is the new one."""
    launch, phase_out = items.launch_month.copy(), items.phase_out_month.copy()
    successor, like, monthly = items.successor.copy(), items.like_item.copy(), items.monthly_quantity.copy()
    for family in families[: len(ARCHETYPES)]:
        if family.item_count < FEWEST_ITEMS_WITH_A_STORY:
            continue
        first, last = family.first_item, family.first_item + family.item_count - 1
        if family.archetype.stem == "GARDEN":
            launch[last], like[last] = now + 3, first + 1
        elif family.archetype.stem == "CENTRIFUGAL":
            launch[last], like[last] = now - 5, first + 2
            phase_out[first + 2], successor[first + 2] = now + 2, last
        elif family.archetype.stem == "DOSING":
            launch[last], like[last] = now - 20, first + 3
            phase_out[first + 3], successor[first + 3] = now - 16, last
        elif family.archetype.stem == "CIRCULATOR":
            phase_out[first + 4], successor[first + 4] = now + 5, first + 5
        if like[last] >= 0:
            monthly[last] = round(monthly[like[last]] * LAUNCH_SCALE[family.archetype.stem], 1)
    lives = {"launch_month": launch, "phase_out_month": phase_out, "successor": successor, "like_item": like, "monthly_quantity": monthly}
    return Items(**{**vars(items), **lives})


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


def _components(count: int, seed: int) -> Components:
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


def _bill(families: tuple[Family, ...], items: Items, components: Components, seed: int) -> Bill:
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


_TRADES = {
    "Retail": ("Baumarkt", "Gartenwelt", "Heimwerkerhaus", "Bauhof"),
    "Wholesale": ("Großhandel", "Haustechnik", "Sanitärbedarf", "Pumpenhandel"),
    "Industry": ("Anlagenbau", "Maschinenbau", "Chemie", "Wassertechnik"),
    "US distributors": ("Supply Co.", "Pump & Valve Inc.", "Flow Systems LLC"),
    "Service": ("Kundendienst", "Pumpenservice", "Brunnenbau"),
}
_PLACES = ("Kiel", "Lübeck", "Hamburg", "Bremen", "Köln", "München", "Ulm", "Nürnberg", "Leipzig", "Göttingen", "Münster", "Fürth")
_US_PLACES = ("Ohio", "Texas", "Great Lakes", "Carolina", "Pacific", "Gulf")


def _customers(count: int, seed: int) -> Customers:
    rng = stream(seed, "customers")
    bounds = np.cumsum([GROUP_SHARE_OF_CUSTOMERS[group] for group in CUSTOMER_GROUPS])
    group = np.minimum(np.searchsorted(bounds, (np.arange(count) + 0.5) / count), len(CUSTOMER_GROUPS) - 1)
    group[: len(CUSTOMER_GROUPS)] = np.arange(len(CUSTOMER_GROUPS))
    group = np.sort(group)
    names = []
    for number, g in enumerate(group):
        label = CUSTOMER_GROUPS[g]
        trade = _TRADES[label][number % len(_TRADES[label])]
        place = _US_PLACES[number % len(_US_PLACES)] if label == "US distributors" else _PLACES[number * 5 % len(_PLACES)]
        again = f" {number // 60 + 1}" if number >= 60 else ""
        names.append(f"{place} {trade}{again}" if label == "US distributors" else f"{trade} {place}{again}")
    return Customers(
        customer_id=np.array([f"C{k + 1:05d}" for k in range(count)]),
        name=np.array(names),
        group=group,
        weight=rng.pareto(1.6, count) + 0.4,
    )
