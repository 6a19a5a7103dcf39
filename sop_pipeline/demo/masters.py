"""The shapes of the demo company's master data: families, items, components, bills, customers. Filling them stays out."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sop_pipeline.demo.archetypes import Archetype
from sop_pipeline.demo.timeline import Flags, Floats, Ints

Texts = npt.NDArray[Any]

NEVER = 1_000_000  # a month or day number no timeline reaches


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

    def item_flags(self, condition: Callable[[Archetype], bool]) -> Flags:
        """True for items whose archetype fulfils the condition."""
        return np.array([condition(family.archetype) for family in self.families])[self.items.family]

    @cached_property
    def item_site(self) -> Texts:
        return np.array([family.archetype.site_id for family in self.families])[self.items.family]

    @cached_property
    def is_bought(self) -> Flags:
        return self.item_flags(lambda kind: kind.is_bought)

    @cached_property
    def is_made_to_stock(self) -> Flags:
        """Made or bought to stock."""
        return self.item_flags(lambda kind: kind.is_made_to_stock)

    def family_sums(self, by_item: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.add.reduceat(by_item, [family.first_item for family in self.families], axis=0)

    def planning_sums(self, by_item: npt.NDArray[Any]) -> Floats:
        """Family totals in planning units of quantities by item (first axis)."""
        units = self.items.planning_units.reshape(-1, *([1] * (by_item.ndim - 1)))
        return self.family_sums(by_item * units)
