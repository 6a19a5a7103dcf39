"""The demo company's master data as arrays: families, items with their life, customers. Purchased components and bills are `components`'.

What is sold and made of them stays out.
"""

from typing import Any

import numpy as np

from sop_pipeline.demo.archetypes import ARCHETYPES, CUSTOMER_GROUPS, GROUP_SHARE_OF_CUSTOMERS
from sop_pipeline.demo.components import build_bill, build_components
from sop_pipeline.demo.masters import NEVER, Catalogue, Customers, Family, Items
from sop_pipeline.demo.timeline import Timeline, stream

FEWEST_ITEMS_WITH_A_STORY = 8  # smaller families have no launches and phase-outs
LAUNCH_SCALE = {"GARDEN": 0.7, "CENTRIFUGAL": 0.9, "DOSING": 1.1}  # of the item it is expected to follow
DUPLEX_EVERY = 8  # every so many dosing pumps is a duplex set of two


def build_catalogue(timeline: Timeline, families: int, items: int, seed: int) -> Catalogue:
    made = _families(families, items)
    built = _with_lives(_items(made, seed), made, timeline.history_months)
    components = build_components(max(8, items // 5), seed)
    bill = build_bill(made, built, components, seed)
    return Catalogue(made, built, components, bill, _customers(min(2000, max(20, items // 5)), seed))


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
