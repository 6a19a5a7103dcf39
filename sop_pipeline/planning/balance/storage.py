"""What stock takes of stores and working capital: which family takes how much of which. Deciding how much stock there is stays out."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from sop_pipeline.planning.balance.inputs import Axes
from sop_pipeline.planning.balance.load import Resources, Usage

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]

SIZES = {"m3": "volume_m3_per_unit", "pallets": "pallets_per_unit", "units": "units_per_unit"}


@dataclass(frozen=True)
class StockUse:
    """One entry per family and resource that its stock takes, sorted by family, resource; money is NaN: costs say what a unit is worth."""

    family: Positions
    resource: Positions
    usage_per_unit: Floats  # capacity units per planning unit in stock

    def per_unit(self, unit_value: Floats) -> Floats:
        """Capacity units per planning unit in stock; of working capital the value of a unit of each family (F), money."""
        return np.where(np.isnan(self.usage_per_unit), unit_value[self.family], self.usage_per_unit)


def read_stock_use(
    axes: Axes,
    resources: Resources,
    resource_rows: pl.DataFrame,
    *,
    families: pl.DataFrame,
    family_storage: pl.DataFrame | None,
    stated: Usage,
) -> StockUse:
    """What a planning unit in stock takes of every stock-based resource.

    A store takes in the families of its site, one without a site all; stores of one site and unit share a family's stock by their room.
    A bill of resources that names the store says what a unit takes; the sizes of the items (`core.family_storage`) otherwise. Working
    capital is tied up by every family.
    """
    rows = resource_rows.sort("resource_id")
    stock = np.flatnonzero(resources.is_stock_based)
    if not stock.size:
        return StockUse(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))
    units, sites = rows["capacity_unit"].to_list(), rows["site_id"].to_list()
    site_of = dict(families.select("family_id", "site_id").iter_rows())
    sizes = {} if family_storage is None else {row["family_id"]: row for row in family_storage.iter_rows(named=True)}
    billed = dict(zip(zip(stated.family.tolist(), stated.resource.tolist(), strict=True), stated.usage_per_unit.tolist(), strict=True))
    found: list[tuple[int, int, float]] = []
    for family, family_id in enumerate(axes.family_ids):
        stores = [int(store) for store in stock if units[store] in SIZES and sites[store] in ("", site_of[family_id])]
        for store in stores:
            alike = [other for other in stores if units[other] == units[store] and (family, other) not in billed]
            own = sizes.get(family_id, {}).get(SIZES[units[store]]) or 0.0
            found.append((family, store, billed.get((family, store), own * _part_of_room(resources, store, alike))))
        found += [(family, int(capital), float("nan")) for capital in stock if units[capital] not in SIZES]
    found = sorted(row for row in found if not row[2] <= 0)
    family_at, resource_at = (np.array([row[part] for row in found], dtype=np.int64) for part in range(2))
    return StockUse(family_at, resource_at, np.array([row[2] for row in found], dtype=np.float64))


def without_stores(usage: Usage, resources: Resources) -> tuple[Usage, Usage]:
    """A bill of resources parted: what supply takes, and what it says of stock-based resources."""
    of_stock = resources.is_stock_based[usage.resource]
    parts = (
        Usage(usage.family[kept], usage.resource[kept], usage.offset_periods[kept], usage.usage_per_unit[kept])
        for kept in (~of_stock, of_stock)
    )
    return next(parts), next(parts)


def stock_loads(stock_use: StockUse, unit_value: Floats, closing_stock: Floats) -> dict[tuple[int, int], Floats]:
    """Load per (family, resource) and period: closing stock (F × H, planning units) × what a unit takes."""
    per_unit = stock_use.per_unit(unit_value)
    return {
        (family, resource): closing_stock[family] * taken
        for family, resource, taken in zip(stock_use.family.tolist(), stock_use.resource.tolist(), per_unit.tolist(), strict=True)
    }


def _part_of_room(resources: Resources, store: int, alike: list[int]) -> float:
    if len(alike) < 2:
        return 1.0
    room = resources.regular_capacity[alike].mean(axis=1)
    return float(room[alike.index(store)] / room.sum()) if room.sum() > 0 else 1.0 / len(alike)
